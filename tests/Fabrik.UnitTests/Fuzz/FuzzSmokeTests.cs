using Fabrik.Fuzz;
using Xunit;

namespace Fabrik.UnitTests.Fuzz;

public sealed class FuzzSmokeTests
{
    private const int Iterations = 2_000;
    private const int Seed = 20_260_101;

    public static TheoryData<string> Targets => new(FuzzTargets.All.Select(target => target.Name));

    [Theory]
    [MemberData(nameof(Targets))]
    public void Target_OverMutatedInputs_HasNoFinding(string name)
    {
        var target = FuzzTargets.All.Single(candidate => candidate.Name == name);
        Assert.Equal(Iterations, FuzzRun.Execute(target, Seed, count => count < Iterations));
    }

    [Fact]
    public void Execute_TargetThatThrows_NamesSeedAndInput()
    {
        var finding = Assert.Throws<InvalidOperationException>(
            () => FuzzRun.Execute(new ThrowingTarget(), seed: 7, _ => true));
        Assert.Contains("seed 7, iteration 0, input (base64)", finding.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(finding.InnerException);
    }

    private sealed class ThrowingTarget : IFuzzTarget
    {
        public string Name => "throwing";

        public IReadOnlyList<byte[]> Seeds { get; } = ["seed"u8.ToArray()];

        public void Run(ReadOnlySpan<byte> input) => throw new FormatException("found");
    }
}
