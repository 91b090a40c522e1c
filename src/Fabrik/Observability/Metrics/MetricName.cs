using System.Diagnostics.Metrics;
using System.Text;

namespace Fabrik.Observability.Metrics;

/// <summary>
/// Names of instruments as Prometheus wants them: <c>fabrik.cache.hits</c> becomes <c>fabrik_cache_hits_total</c>, a
/// unit becomes a suffix. A name that is in that form already stays as it is.
/// </summary>
/// <remarks>Source: OpenTelemetry specification, "Prometheus and OpenMetrics compatibility".</remarks>
internal static class MetricName
{
    /// <summary>The family's name for an instrument.</summary>
    public static string Of(Instrument instrument, MetricKind kind)
    {
        StringBuilder name = new(Clean(instrument.Name));
        if (UnitSuffix(instrument.Unit) is { } unit)
        {
            AddSuffix(name, kind == MetricKind.Counter ? Before(name, "_total") : name.Length, unit);
        }

        if (kind == MetricKind.Counter)
        {
            AddSuffix(name, name.Length, "_total");
        }

        return name.ToString();
    }

    /// <summary>A label's name: letters, digits and underscores, no digit first.</summary>
    public static string Clean(string name)
    {
        StringBuilder clean = new(name.Length + 1);
        foreach (char c in name)
        {
            clean.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return clean.Length == 0 || char.IsAsciiDigit(clean[0]) ? $"_{clean}" : clean.ToString();
    }

    private static string? UnitSuffix(string? unit) => unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        _ => null,
    };

    private static int Before(StringBuilder name, string suffix) =>
        name.ToString().EndsWith(suffix, StringComparison.Ordinal) ? name.Length - suffix.Length : name.Length;

    private static void AddSuffix(StringBuilder name, int end, string suffix)
    {
        if (!name.ToString(0, end).EndsWith(suffix, StringComparison.Ordinal))
        {
            name.Insert(end, suffix);
        }
    }
}
