namespace Fabrik.EndToEndTests.Clients.Sccache;

/// <summary>The newest sccache with its storage for S3.</summary>
public sealed class SccacheS3Tests : BuildClientTests
{
    private protected override string SaysOnWrongToken => "Server startup failed: cache storage failed to read";

    private protected override ISampleProject CreateProject() => SccacheProject.OverS3();
}
