using Fabrik.Cache.Layers.Reading;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers.Reading;

public sealed class ExpiringSetTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void Member_AfterItsLife_IsGone()
    {
        ExpiringSet<int> set = new(TimeSpan.FromSeconds(5), 100, _clock);
        set.Add(1);
        _clock.Advance(TimeSpan.FromSeconds(4));
        set.Add(2);

        Assert.True(set.Contains(1));
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(set.Contains(1));
        Assert.True(set.Contains(2));
    }

    [Fact]
    public void Member_ThatIsAddedAgain_LivesAnew()
    {
        ExpiringSet<int> set = new(TimeSpan.FromSeconds(5), 100, _clock);
        set.Add(1);
        _clock.Advance(TimeSpan.FromSeconds(3));
        set.Add(1);
        _clock.Advance(TimeSpan.FromSeconds(3));
        set.Add(2);

        Assert.True(set.Contains(1));
    }

    [Fact]
    public void Member_ThatIsRemoved_IsGoneFromBothGenerations()
    {
        ExpiringSet<int> set = new(TimeSpan.FromSeconds(5), 2, _clock);
        set.Add(1);
        set.Add(2);
        set.Remove(1);
        set.Remove(2);

        Assert.Equal(0, set.Count);
    }

    [Fact]
    public void Count_OfManyMembers_StaysWithinTheLimit()
    {
        ExpiringSet<int> set = new(TimeSpan.FromHours(1), 100, _clock);
        for (var i = 0; i < 10_000; i++)
        {
            set.Add(i);
            Assert.InRange(set.Count, 1, 100);
        }

        Assert.True(set.Contains(9_999));
        Assert.True(set.Contains(9_960));
        Assert.False(set.Contains(9_000));
    }

    [Fact]
    public void Member_WithoutALife_IsNeverThere()
    {
        ExpiringSet<int> set = new(TimeSpan.Zero, 100, _clock);
        set.Add(1);

        Assert.False(set.Contains(1));
    }
}
