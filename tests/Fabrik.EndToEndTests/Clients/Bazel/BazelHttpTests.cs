namespace Fabrik.EndToEndTests.Clients.Bazel;

/// <summary>Bazel over its HTTP protocol.</summary>
public sealed class BazelHttpTests : BuildClientTests
{
    private protected override ISampleProject CreateProject() => new BazelProject(BazelDoor.Http);
}
