namespace Fabrik.EndToEndTests.Clients.Nx;

public sealed class NxTests : BuildClientTests
{
    // Nx takes no answer of its cache but "hit", "miss" and "not stored": it runs nothing without a token that is
    // accepted, and where the cache is gone, it runs the tasks and fails those that it could not store.
    private protected override string SaysOnWrongToken => "a valid token is required";

    private protected override string SaysOnLostServer => "Failed to send request";

    private protected override ISampleProject CreateProject() => new NxProject();
}
