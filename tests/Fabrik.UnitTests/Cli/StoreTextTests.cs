using Fabrik.Cache.Local;
using Fabrik.Cli;
using Fabrik.StoreAccess;
using Xunit;

namespace Fabrik.UnitTests.Cli;

public sealed class StoreTextTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly StoreStatistics Store = new()
    {
        Entries = 12_345,
        Blobs = 12_000,
        LogicalBytes = 4_000_000_000,
        StoredBytes = 2_500_000_000,
        MaxBytes = 10_000_000_000,
        Evictions = 7,
        EvictedBytes = 70_000,
        Expirations = 3,
        DamagedBlobs = 1,
        LeaseViolations = 0,
        ByTool = new Dictionary<string, ToolUsage>(StringComparer.Ordinal)
        {
            ["nx"] = new(45, 1_000_000),
            ["gradle"] = new(12_300, 3_999_000_000),
        },
        WriteState = WriteState.Ok,
        WriteStateReason = "",
    };

    [Fact]
    public void Statistics_OfAStore_AreALineEachWithTheLargestToolFirst() => Assert.Equal(
        """
        stored      2.50 GB of 10.0 GB (25 %)
        entries     12,345, 4.00 GB as tools sent them
        contents    12,000 different ones
          gradle    12,300 entries, 4.00 GB
          nx        45 entries, 1.00 MB
        evicted     7 entries, 70.0 kB since the start
        expired     3 entries since the start
        damaged     1 content since the start
        """,
        StoreText.Statistics(Store));

    [Fact]
    public void Statistics_OfAStoreThatTakesNoWrites_SayWhy() => Assert.EndsWith(
        "\nwrites      refused: no space left on device",
        StoreText.Statistics(
            Store with { WriteState = WriteState.Full, WriteStateReason = "no space left on device" }),
        StringComparison.Ordinal);

    [Fact]
    public void Entry_OfAKey_NamesToolSizeAgeAndKey() => Assert.Equal(
        "gradle       1.50 kB   5 min  0f3a/build", StoreText.Entry(EntryOf("0f3a/build"), Now));

    [Fact]
    public void Entry_OfAKeyWithControlCharacters_DoesNotDriveTheTerminal()
    {
        string line = StoreText.Entry(EntryOf("a\u001b[2J\nb\u0085c\u007f\u202ed"), Now);
        Assert.EndsWith("  a\\u001B[2J\\u000Ab\\u0085c\\u007F\\u202Ed", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Verified_OfAReport_CountsWhatWasDropped() => Assert.Equal(
        "1,000 entries, 2.00 MB read: 3 damaged and dropped, 4 orphaned files removed, 5 rows of listings put right",
        StoreText.Verified(new VerifyReport(1000, 2_000_000, 3, 4) { Listings = 5 }));

    [Fact]
    public void Cleaned_OfAReport_SaysWhatIsKept() => Assert.Equal(
        "1,000 entries removed, 2.00 MB kept", StoreText.Cleaned(new CleanReport(1000, 2_000_000)));

    private static StoreEntry EntryOf(string key) => new()
    {
        Id = "00",
        Tool = "gradle",
        Key = key,
        Size = 1500,
        Digest = "00",
        CreatedAt = Now - TimeSpan.FromMinutes(5),
    };
}
