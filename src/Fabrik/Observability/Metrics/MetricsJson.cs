using System.Buffers;
using System.Text.Json;

namespace Fabrik.Observability.Metrics;

/// <summary>
/// Writes families as JSON: an array of objects with <c>name</c>, <c>type</c>, <c>help</c> and <c>series</c>, each with
/// its <c>labels</c> and a <c>value</c>, or <c>buckets</c>, <c>sum</c> and <c>count</c>.
/// </summary>
internal static class MetricsJson
{
    /// <summary>Writes all families that have a value.</summary>
    public static void Write(IReadOnlyList<MetricFamily> families, IBufferWriter<byte> output)
    {
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteStartArray("metrics");
        foreach (MetricFamily family in families)
        {
            IReadOnlyList<MetricSeries> series = family.Series;
            if (series.Count > 0)
            {
                WriteFamily(json, family.Options, series);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFamily(Utf8JsonWriter json, MetricFamilyOptions family, IReadOnlyList<MetricSeries> series)
    {
        json.WriteStartObject();
        json.WriteString("name", family.Name);
        json.WriteString("type", family.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        });
        json.WriteString("help", family.Help);
        json.WriteStartArray("series");
        foreach (MetricSeries one in series)
        {
            json.WriteStartObject();
            json.WriteStartObject("labels");
            foreach ((string name, string value) in one.Labels.Pairs)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            WriteValue(json, family, one);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, MetricFamilyOptions family, MetricSeries series)
    {
        if (family.Kind != MetricKind.Histogram)
        {
            WriteNumber(json, "value", series.Value);
            return;
        }

        long[] atOrBelow = new long[family.Bounds.Length + 1];
        series.ReadBuckets(atOrBelow);
        json.WriteStartArray("buckets");
        for (int i = 0; i < family.Bounds.Length; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("le", family.Bounds[i]);
            json.WriteNumber("count", atOrBelow[i]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteNumber(json, "sum", series.HistogramSum);
        json.WriteNumber("count", atOrBelow[^1]);
    }

    // JSON has no word for infinities.
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
