using Fabrik.Cache.Eviction;
using Xunit;

namespace Fabrik.UnitTests.Cache.Eviction;

public sealed class EntryListsTests
{
    [Fact]
    public void AgeList_OfGrowingAges_NeverFallsAndStepsByAtMostAQuarter()
    {
        var lists = new SortedDictionary<int, long>();
        var last = EntryLists.Live;
        for (var age = -100L; age < 100L * 86_400; age += 30)
        {
            var list = EntryLists.AgeList(age);
            Assert.InRange(list, last, EntryLists.OldestAge);
            last = list;
            lists.TryAdd(list, age);
        }

        Assert.Equal(EntryLists.OldestAge, last);
        foreach (var (list, youngest) in lists.Where(pair => pair.Key >= 9 && pair.Key < EntryLists.OldestAge))
        {
            var next = lists.First(pair => pair.Key > list).Value;
            Assert.InRange(next / (double)youngest, 1.0, 1.26);
        }
    }
}
