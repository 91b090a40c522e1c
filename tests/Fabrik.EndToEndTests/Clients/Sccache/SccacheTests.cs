namespace Fabrik.EndToEndTests.Clients.Sccache;

/// <summary>The newest sccache: that of Debian bookworm has no remote storage.</summary>
public sealed class SccacheTests : BuildClientTests
{
    // It looks for the storage when its server starts, and does not start without; later errors are misses to it.
    private protected override string SaysOnWrongToken => "Server startup failed: cache storage failed to read";

    private protected override ISampleProject CreateProject() => SccacheProject.OverWebdav();
}
