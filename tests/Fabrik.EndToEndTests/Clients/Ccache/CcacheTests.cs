namespace Fabrik.EndToEndTests.Clients.Ccache;

/// <summary>The ccache of this Debian, in its default layout.</summary>
public sealed class CcacheTests : BuildClientTests
{
    private protected override ISampleProject CreateProject() =>
        new CcacheProject(Tools.OnPath("ccache", "apt-get install ccache gcc libc6-dev"), CcacheLayout.Subdirs);
}
