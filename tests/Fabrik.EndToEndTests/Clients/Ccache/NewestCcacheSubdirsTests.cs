namespace Fabrik.EndToEndTests.Clients.Ccache;

/// <summary>The newest ccache, in its layout "subdirs".</summary>
public sealed class NewestCcacheSubdirsTests : BuildClientTests
{
    private protected override ISampleProject CreateProject() =>
        new CcacheProject(Tools.Newer("ccache"), CcacheLayout.Subdirs);
}
