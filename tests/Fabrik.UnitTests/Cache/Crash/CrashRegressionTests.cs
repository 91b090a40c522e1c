using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.UnitTests.Cache.Local;
using Xunit;

namespace Fabrik.UnitTests.Cache.Crash;

/// <summary>What the crash test has found, one test for each.</summary>
public sealed class CrashRegressionTests
{
    [Fact]
    public async Task Put_LargeContentWithSyncDurability_IsStored()
    {
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { Durability = DurabilityKind.Sync });
        var content = StoreFixture.Content(1, 100_000);
        var put = await fixture.PutAsync("key", content);
        Assert.Null(put.Error);
        Assert.Equal(PutOutcome.Stored, put.Value);
        Assert.Equal(content, await fixture.GetAsync("key"));
    }
}
