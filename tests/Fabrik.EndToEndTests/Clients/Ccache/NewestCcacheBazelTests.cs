namespace Fabrik.EndToEndTests.Clients.Ccache;

/// <summary>The newest ccache, in its layout "bazel".</summary>
public sealed class NewestCcacheBazelTests : BuildClientTests
{
    private protected override ISampleProject CreateProject() =>
        new CcacheProject(Tools.Newer("ccache"), CcacheLayout.Bazel);
}
