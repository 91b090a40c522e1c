using Fabrik.Server.Adapters.Bazel.Explain;

namespace Fabrik.Cli;

/// <summary>Why a lookup ended as it did, from what was written down before it.</summary>
internal static class ExplainReasons
{
    /// <summary>The reason in words.</summary>
    /// <param name="report">Lookups of one action, the newest first.</param>
    /// <param name="at">Which of them.</param>
    public static string Of(ExplainReport report, int at)
    {
        ActionLookup lookup = report.Lookups[at];
        return lookup.Outcome switch
        {
            LookupOutcome.Hit => "served",
            LookupOutcome.Stored => "stored",
            LookupOutcome.Kept => "a result was there already, and this token may not overwrite (cache:overwrite)",
            LookupOutcome.Incomplete => $"the result was there, but {HumanText.Printable(lookup.Detail)} was gone, so "
                + "that it could not be served",
            LookupOutcome.Damaged => "what was stored could not be read any more, and was dropped",
            LookupOutcome.Failed => $"the cache failed: {HumanText.Printable(lookup.Detail)}",
            _ => OfMiss(report, lookup, report.Lookups.Skip(at + 1).Where(earlier => earlier.WasThere()).ToList()),
        };
    }

    private static string OfMiss(ExplainReport report, ActionLookup miss, List<ActionLookup> earlier)
    {
        // A client reads its own scope and the default one.
        int same = earlier.FindIndex(there => there.Tenant == miss.Tenant && there.Instance == miss.Instance
            && (there.Scope == miss.Scope || there.Scope.Length == 0));
        if (same >= 0)
        {
            string what = earlier[same].IsRead ? "was last seen" : "was stored";
            return $"it {what} {ExplainText.Time(earlier[same].At)}{ExplainText.By(earlier[same].Subject)} and is gone "
                + "since: evicted, expired or removed";
        }

        if (earlier.Count == 0)
        {
            return report.Since == report.Started
                ? $"it was not stored since {ExplainText.Time(report.Started)}, when this process began"
                : $"it was not stored since {ExplainText.Time(report.Since)}; what was before is forgotten";
        }

        ActionLookup other = earlier[0];
        return other.Tenant != miss.Tenant ? "it is stored for another tenant alone"
            : other.Instance != miss.Instance
                ? $"it is stored for {ExplainText.Instance(other.Instance)}, and was looked for in "
                    + ExplainText.Instance(miss.Instance)
            : $"it is stored in the trust scope \"{HumanText.Printable(other.Scope)}\" alone";
    }

    // Whatever says that a result was there.
    private static bool WasThere(this ActionLookup lookup) => lookup.Outcome
        is LookupOutcome.Hit or LookupOutcome.Stored or LookupOutcome.Kept or LookupOutcome.Incomplete;
}
