namespace Fabrik.EndToEndTests.Clients.Turborepo;

public sealed class TurborepoTests : BuildClientTests
{
    private protected override ISampleProject CreateProject() => new TurborepoProject();
}
