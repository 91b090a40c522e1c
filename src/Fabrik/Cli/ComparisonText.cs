using System.Globalization;
using System.Text;
using Fabrik.Server.Adapters.Bazel.Explain;

namespace Fabrik.Cli;

/// <summary>What differs between two actions, in words.</summary>
internal static class ComparisonText
{
    private const int ShownValue = 1000;

    /// <summary>All differences, with a minus for what the first has and a plus for what the second has.</summary>
    public static string Of(ActionComparison comparison)
    {
        StringBuilder text = new();
        foreach (ActionDifference difference in comparison.Differences)
        {
            text.Append(CultureInfo.InvariantCulture, $"{difference.Area} {HumanText.Printable(difference.Name)}\n");
            Append(text, '-', difference.First);
            Append(text, '+', difference.Second);
        }

        if (comparison.IsCut)
        {
            text.Append(CultureInfo.InvariantCulture, $"more differ: {ActionComparison.MaxDifferences} are shown\n");
        }

        if (comparison.Differences.Count == 0)
        {
            text.Append("nothing that is in the cache differs\n");
        }

        foreach (string unknown in comparison.Unknown)
        {
            text.Append("not compared: ").Append(HumanText.Printable(unknown)).Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    private static void Append(StringBuilder text, char sign, string? value)
    {
        if (value is not null)
        {
            string shown = value.Length <= ShownValue ? value : $"{value[..ShownValue]}…";
            text.Append(CultureInfo.InvariantCulture, $"  {sign} {HumanText.Printable(shown)}\n");
        }
    }
}
