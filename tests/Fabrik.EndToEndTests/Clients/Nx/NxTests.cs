namespace Fabrik.EndToEndTests.Clients.Nx;

public sealed class NxTests : BuildClientTests
{
    private protected override ISampleProject CreateProject() => new NxProject();
}
