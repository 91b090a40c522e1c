using System.Globalization;
using System.Text;
using Fabrik.Server.Adapters.Bazel.Explain;

namespace Fabrik.Cli;

/// <summary>What a server knows of lookups, in words.</summary>
internal static class ExplainText
{
    private const int ShownLookups = 20;
    private const int ShownNames = 20;
    private const int ShownCommand = 4000;

    /// <summary>One action.</summary>
    public static string Action(string hash, ExplainReport report, DateTimeOffset now)
    {
        StringBuilder text = new();
        Line(text, "action", hash);
        if (report.Lookups is [var newest, ..])
        {
            Line(text, "target", TargetOf(newest));
        }

        foreach (StoredResult result in report.Results)
        {
            Line(text, "now", Stored(result, now));
        }

        if (report.Results.Count == 0)
        {
            Line(text, "now", "no result of it is in the cache");
        }

        Describe(text, report.Description);
        if (report.Lookups.Count == 0)
        {
            return text.Append(Never(report)).ToString();
        }

        text.Append('\n');
        for (int at = 0; at < Math.Min(report.Lookups.Count, ShownLookups); at++)
        {
            ActionLookup lookup = report.Lookups[at];
            text.Append(CultureInfo.InvariantCulture, $"{Time(lookup.At)}  {Word(lookup.Outcome),-10}  ")
                .Append(ExplainReasons.Of(report, at)).Append(Origin(lookup)).Append('\n');
        }

        return More(text, report.Lookups.Count).ToString().TrimEnd();
    }

    /// <summary>The actions of a target or of a run, in a table.</summary>
    public static string Lookups(ExplainReport report, DateTimeOffset now)
    {
        if (report.Lookups.Count == 0)
        {
            return Never(report);
        }

        StringBuilder text = new();
        text.Append("last        when    hits  misses  stored  kind              action\n");
        var actions = report.Lookups.GroupBy(lookup => lookup.Action, StringComparer.Ordinal).ToList();
        foreach (IGrouping<string, ActionLookup> action in actions)
        {
            ActionLookup last = action.First();
            text.Append(CultureInfo.InvariantCulture, $"{Word(last.Outcome),-10}  ")
                .Append(CultureInfo.InvariantCulture, $"{HumanText.Ago(now - last.At),-6}  ")
                .Append(CultureInfo.InvariantCulture, $"{action.Count(one => one.Outcome == LookupOutcome.Hit),4}  ")
                .Append(CultureInfo.InvariantCulture, $"{action.Count(IsMiss),6}  ")
                .Append(CultureInfo.InvariantCulture, $"{action.Count(one => !one.IsRead),6}  ")
                .Append(CultureInfo.InvariantCulture, $"{HumanText.Printable(last.Mnemonic),-16}  {action.Key}");
            text.Append(last.Target.Length > 0 ? $"  {HumanText.Printable(last.Target)}\n" : "\n");
        }

        string count = HumanText.Count(actions.Count, "action", "actions");
        return text.Append('\n').Append(count).Append(" in ")
            .Append(HumanText.Count(report.Lookups.Count, "lookup or write", "lookups and writes"))
            .Append(" since ").Append(Time(report.Since)).ToString();
    }

    /// <summary>The counts of a process.</summary>
    public static string Statistics(ActionStatistics statistics, DateTimeOffset now)
    {
        StringBuilder text = new();
        text.Append("since ").Append(Time(statistics.Started)).Append('\n');
        Table(text, "kind", statistics.Mnemonics);
        Table(text, "target", statistics.Targets);
        text.Append("\n  hits  misses  when    run\n");
        foreach (InvocationCounts run in statistics.Invocations)
        {
            string name = run.Counts.Name.Length == 0 ? "(not told)" : HumanText.Printable(run.Counts.Name);
            text.Append(CultureInfo.InvariantCulture, $"{run.Counts.Hits,6}  {Misses(run.Counts),6}  ")
                .Append(CultureInfo.InvariantCulture, $"{HumanText.Ago(now - run.LastAt),-6}  {name}\n");
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>A time of day, in UTC.</summary>
    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whose token it was, if there was one.</summary>
    public static string By(string subject) => subject.Length == 0 ? "" : $" by \"{HumanText.Printable(subject)}\"";

    /// <summary>The name of an instance.</summary>
    public static string Instance(string name) =>
        name.Length == 0 ? "the instance without a name" : $"the instance \"{HumanText.Printable(name)}\"";

    private static string Never(ExplainReport report) =>
        $"neither looked up nor stored since {Time(report.Since)}"
        + (report.Since == report.Started ? ", when this process began" : "; what was before is forgotten");

    private static void Table(StringBuilder text, string title, IReadOnlyList<LookupCounts> counts)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n  hits  misses  stored  {title}\n");
        foreach (LookupCounts one in counts.OrderByDescending(Misses).ThenByDescending(one => one.Hits)
            .Take(ShownNames))
        {
            string name = one.Name.Length == 0 ? "(not told)" : HumanText.Printable(one.Name);
            text.Append(CultureInfo.InvariantCulture, $"{one.Hits,6}  {Misses(one),6}  {one.Stored,6}  {name}\n");
        }

        More(text, counts.Count, ShownNames);
    }

    private static string Stored(StoredResult result, DateTimeOffset now)
    {
        string where = (result.Instance.Length == 0 ? "" : $" for {Instance(result.Instance)}")
            + (result.Tenant.Length == 0 ? "" : $" of the tenant \"{HumanText.Printable(result.Tenant)}\"")
            + (result.Scope.Length == 0 ? "" : $" in the trust scope \"{HumanText.Printable(result.Scope)}\"");
        string since = $"{Time(result.StoredAt)} ({HumanText.Ago(now - result.StoredAt)} ago)";
        return result.Outcome switch
        {
            LookupOutcome.Hit => $"a result is in the cache{where}, stored {since}: exit code {result.ExitCode}, "
                + HumanText.Count(result.Outputs, "output", "outputs"),
            LookupOutcome.Incomplete => $"a result is in the cache{where}, stored {since}, but "
                + $"{HumanText.Printable(result.Missing)} is gone, so that it is not served",
            _ => $"what is stored{where} cannot be read",
        };
    }

    private static void Describe(StringBuilder text, ActionDescription? description)
    {
        if (description is not { HasAction: true })
        {
            Line(text, "command", "not known: the action's own message is not in the cache");
            return;
        }

        string command = string.Join(' ', description.Arguments);
        Line(text, "command", !description.HasCommand ? "not known: its message is not in the cache"
            : HumanText.Printable(command.Length <= ShownCommand ? command : $"{command[..ShownCommand]}…"));
        if (description.InputRoot.Length > 0)
        {
            Line(text, "inputs", HumanText.Printable(description.InputRoot));
        }
    }

    private static string TargetOf(ActionLookup lookup) =>
        (lookup.Target.Length == 0 ? "(not told)" : HumanText.Printable(lookup.Target))
        + (lookup.Mnemonic.Length == 0 ? "" : $", {HumanText.Printable(lookup.Mnemonic)}");

    private static string Origin(ActionLookup lookup) =>
        (lookup.IsRead && lookup.Outcome != LookupOutcome.Hit ? "" : By(lookup.Subject))
        + (lookup.Invocation.Length == 0 ? "" : $" (run {HumanText.Printable(lookup.Invocation)})");

    private static bool IsMiss(ActionLookup lookup) => lookup.IsRead && lookup.Outcome != LookupOutcome.Hit;

    private static long Misses(LookupCounts counts) => counts.Misses + counts.Incomplete;

    private static string Word(LookupOutcome outcome) => outcome switch
    {
        LookupOutcome.Hit => "hit",
        LookupOutcome.Incomplete => "incomplete",
        LookupOutcome.Damaged => "damaged",
        LookupOutcome.Failed => "failed",
        LookupOutcome.Stored => "stored",
        LookupOutcome.Kept => "kept",
        _ => "miss",
    };

    private static StringBuilder More(StringBuilder text, int count, int shown = ShownLookups) => count > shown
        ? text.Append(CultureInfo.InvariantCulture, $"and {count - shown} more; --json prints all\n")
        : text;

    private static void Line(StringBuilder text, string name, string value) =>
        text.Append(name.PadRight(10)).Append(value).Append('\n');
}
