namespace Fabrik.EndToEndTests.Clients.Gradle;

public sealed class GradleTests : BuildClientTests
{
    private protected override ISampleProject CreateProject() => new GradleProject();
}
