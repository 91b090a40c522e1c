using Fabrik.Cache.Eviction;
using Xunit;

namespace Fabrik.UnitTests.Cache.Eviction;

public sealed class TtlPolicyTests
{
    private const long Now = 1_000_000_000;

    [Fact]
    public void TryChooseVictim_RandomEntries_GoByExpiryThenByLastAccess()
    {
        var random = new Random(42);
        var policy = new TtlPolicy();
        var entries = new List<EvictionEntry>();
        for (ulong key = 1; key <= 2000; key++)
        {
            var expiry = random.Next(3) == 0 ? 0 : Now + random.Next(50);
            var entry = new EvictionEntry(key, 1, Now - random.Next(1_000_000), 0, expiry);
            policy.Add(entry);
            entries.Add(entry);
        }

        foreach (var entry in entries.Where(entry => entry.Key % 7 == 0))
        {
            Assert.True(policy.Remove(entry.Key));
        }

        var order = entries.Where(entry => entry.Key % 7 != 0).Select(Order).Order().ToList();
        var actual = new List<(long, long)>();
        while (policy.TryChooseVictim(Now, _ => true, out var victim))
        {
            actual.Add(Order(victim));
        }

        Assert.Equal(order, actual);
        Assert.Equal(0, policy.Bytes);
    }

    [Fact]
    public void TryChooseExpired_OnlyWhatExpired_IsChosen()
    {
        var policy = new TtlPolicy();
        policy.Add(new EvictionEntry(1, 1, Now, 0, Now + 10));
        policy.Add(new EvictionEntry(2, 1, Now, 0, Now + 20));
        policy.Add(new EvictionEntry(3, 1, Now));
        Assert.False(policy.TryChooseExpired(Now + 9, _ => true, out _));
        Assert.True(policy.TryChooseExpired(Now + 10, _ => true, out var victim));
        Assert.Equal(1UL, victim.Key);
        Assert.False(policy.TryChooseExpired(Now + 10, _ => true, out _));
        Assert.True(policy.TryChooseExpired(Now + 99, _ => true, out _));
        Assert.False(policy.TryChooseExpired(long.MaxValue, _ => true, out _));
        Assert.Equal(1, policy.Count);
    }

    [Fact]
    public void Touch_EntryWithoutExpiry_GoesAfterTheUnread()
    {
        var policy = new TtlPolicy();
        policy.Add(new EvictionEntry(1, 1, Now));
        policy.Add(new EvictionEntry(2, 1, Now + 1));
        Assert.True(policy.Touch(1, Now + 2));
        Assert.True(policy.TryChooseVictim(Now + 2, _ => true, out var victim));
        Assert.Equal(2UL, victim.Key);
    }

    [Fact]
    public void TryChooseVictim_FirstIsRefused_IsAskedAgainAfterTheSetback()
    {
        var policy = new TtlPolicy();
        policy.Add(new EvictionEntry(1, 1, Now, 0, Now + 1));
        policy.Add(new EvictionEntry(2, 1, Now, 0, Now + 2));
        Assert.True(policy.TryChooseVictim(Now, key => key != 1, out var victim));
        Assert.Equal(2UL, victim.Key);
        Assert.True(policy.TryChooseVictim(Now, _ => true, out victim));
        Assert.Equal(1UL, victim.Key);
    }

    private static (long, long) Order(EvictionEntry entry) =>
        (entry.ExpiresAt == 0 ? long.MaxValue : entry.ExpiresAt, entry.LastAccess);
}
