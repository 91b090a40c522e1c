using Fabrik.Fuzz.Crash;
using Xunit;

namespace Fabrik.UnitTests.Cache.Crash;

public sealed class CrashSmokeTests
{
    private const int Seed = 20_260_102;

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2 * CrashPlan.EpochLength, 1)]
    [InlineData((3 * CrashPlan.EpochLength) + 1, 2)]
    public async Task Store_KilledAgainAndAgain_KeepsWhatItAcknowledged(int from, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("fabrik-crash-");
        await using var output = new StringWriter();
        var options = new CrashOptions { Seed = Seed, From = from, Rounds = rounds, Directory = folder.FullName };
        Assert.True(await new CrashRun(options, output).RunAsync(), output.ToString());
        folder.Delete(recursive: true);
    }
}
