using System.Text;
using Fabrik.Cache.Local;
using Fabrik.StoreAccess;

namespace Fabrik.Cli;

/// <summary>What a store holds, in words.</summary>
internal static class StoreText
{
    /// <summary>The whole store.</summary>
    public static string Statistics(StoreStatistics store)
    {
        StringBuilder text = new();
        Line(text, "stored", $"{HumanText.Bytes(store.StoredBytes)} of {HumanText.Bytes(store.MaxBytes)}"
            + $" ({HumanText.Percent(store.StoredBytes, store.MaxBytes)})");
        string logical = HumanText.Bytes(store.LogicalBytes);
        Line(text, "entries", $"{HumanText.Count(store.Entries)}, {logical} as tools sent them");
        Line(text, "contents", HumanText.Count(store.Blobs, "different one", "different ones"));
        foreach ((string tool, ToolUsage usage) in store.ByTool.OrderByDescending(tool => tool.Value.Bytes))
        {
            Line(text, $"  {tool}", $"{Entries(usage.Entries)}, {HumanText.Bytes(usage.Bytes)}");
        }

        string evicted = HumanText.Bytes(store.EvictedBytes);
        Line(text, "evicted", $"{Entries(store.Evictions)}, {evicted} since the start");
        Line(text, "expired", $"{Entries(store.Expirations)} since the start");
        Line(text, "damaged", $"{HumanText.Count(store.DamagedBlobs, "content", "contents")} since the start");
        if (store.WriteState != WriteState.Ok)
        {
            Line(text, "writes", $"refused: {store.WriteStateReason}");
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>One entry.</summary>
    public static string Entry(StoreEntry entry, DateTimeOffset now) =>
        $"{entry.Tool,-10} {HumanText.Bytes(entry.Size),9}  {HumanText.Ago(now - entry.CreatedAt),6}  "
        + HumanText.Printable(entry.Key);

    /// <summary>What a verification found.</summary>
    public static string Verified(VerifyReport report) =>
        $"{Entries(report.Entries)}, {HumanText.Bytes(report.Bytes)} read: "
        + $"{HumanText.Count(report.Damaged)} damaged and dropped, "
        + $"{HumanText.Count(report.Orphans, "orphaned file", "orphaned files")} removed, "
        + $"{HumanText.Count(report.Listings, "row", "rows")} of listings put right";

    /// <summary>What was removed.</summary>
    public static string Cleaned(CleanReport report) =>
        $"{Entries(report.Entries)} removed, {HumanText.Bytes(report.StoredBytes)} kept";

    private static string Entries(long count) => HumanText.Count(count, "entry", "entries");

    private static void Line(StringBuilder text, string name, string value) =>
        text.Append(name.PadRight(12)).Append(value).Append('\n');
}
