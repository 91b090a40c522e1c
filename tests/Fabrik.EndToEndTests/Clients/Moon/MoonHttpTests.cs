using Fabrik.EndToEndTests.Clients.Bazel;

namespace Fabrik.EndToEndTests.Clients.Moon;

/// <summary>moon with <c>api: http</c>: the results of actions go as JSON.</summary>
public sealed class MoonHttpTests : BuildClientTests
{
    private protected override ISampleProject CreateProject() => new MoonProject(BazelDoor.Http);
}
