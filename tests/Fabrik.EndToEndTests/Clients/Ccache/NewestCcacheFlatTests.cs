namespace Fabrik.EndToEndTests.Clients.Ccache;

/// <summary>The newest ccache, in its layout "flat".</summary>
public sealed class NewestCcacheFlatTests : BuildClientTests
{
    private protected override ISampleProject CreateProject() =>
        new CcacheProject(Tools.Newer("ccache"), CcacheLayout.Flat);
}
