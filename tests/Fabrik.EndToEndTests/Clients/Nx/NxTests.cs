using Xunit;

namespace Fabrik.EndToEndTests.Clients.Nx;

public sealed class NxTests : BuildClientTests
{
    // Nx takes no answer of its cache but "hit", "miss" and "not stored": it runs nothing without a token that is
    // accepted, and where the cache is gone, it runs the tasks and fails those that it could not store.
    private protected override string SaysOnWrongToken => "a valid token is required";

    private protected override string SaysOnLostServer => "Failed to send request";

    [Fact]
    public async Task Build_ServerGoneAndCacheSkipped_Succeeds()
    {
        using var project = new NxProject { SkipsRemoteCache = true };

        // Nothing ever listens on port 1 of a test machine, and Nx is not to find that out.
        var built = await project.BuildAsync(new CacheAccess(new Uri("http://127.0.0.1:1"), "no-token-is-needed"));

        Assert.True(built.Succeeded, built.ToString());
        project.VerifyOutputs();
    }

    private protected override ISampleProject CreateProject() => new NxProject();
}
