using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fabrik.Observability.Metrics;

/// <summary>Writes families in Prometheus' text format.</summary>
/// <remarks>Source: Prometheus, "Exposition formats", text-based format version 0.0.4.</remarks>
internal static class PrometheusText
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes all families that have a value.</summary>
    public static void Write(IReadOnlyList<MetricFamily> families, IBufferWriter<byte> output)
    {
        StringBuilder text = new();
        foreach (MetricFamily family in families)
        {
            IReadOnlyList<MetricSeries> series = family.Series;
            if (series.Count > 0)
            {
                WriteFamily(text, family.Options, series);
            }
        }

        // One encoder for all: a character of two halves may lie across two chunks.
        Encoder encoder = Encoding.UTF8.GetEncoder();
        foreach (ReadOnlyMemory<char> chunk in text.GetChunks())
        {
            encoder.Convert(chunk.Span, output, flush: false, out _, out _);
        }

        encoder.Convert([], output, flush: true, out _, out _);
    }

    /// <summary>A value: whole numbers without a fraction, infinities and "not a number" by their names.</summary>
    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private static void WriteFamily(StringBuilder text, MetricFamilyOptions family, IReadOnlyList<MetricSeries> series)
    {
        if (family.Help.Length > 0)
        {
            text.Append("# HELP ").Append(family.Name).Append(' ');
            Escape(text, family.Help, quotes: false);
            text.Append('\n');
        }

        string kind = family.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        };
        text.Append("# TYPE ").Append(family.Name).Append(' ').Append(kind).Append('\n');
        foreach (MetricSeries one in series)
        {
            if (family.Kind == MetricKind.Histogram)
            {
                WriteHistogram(text, family, one);
            }
            else
            {
                WriteSample(text, family.Name, one.Labels, null, one.Value);
            }
        }
    }

    private static void WriteHistogram(StringBuilder text, MetricFamilyOptions family, MetricSeries series)
    {
        long[] atOrBelow = new long[family.Bounds.Length + 1];
        series.ReadBuckets(atOrBelow);
        for (int i = 0; i < atOrBelow.Length; i++)
        {
            string bound = i < family.Bounds.Length ? Number(family.Bounds[i]) : "+Inf";
            WriteSample(text, family.Name + "_bucket", series.Labels, bound, atOrBelow[i]);
        }

        WriteSample(text, family.Name + "_sum", series.Labels, null, series.HistogramSum);
        WriteSample(text, family.Name + "_count", series.Labels, null, atOrBelow[^1]);
    }

    private static void WriteSample(StringBuilder text, string name, MetricLabels labels, string? bound, double value)
    {
        text.Append(name);
        char before = '{';
        foreach ((string label, string labelValue) in labels.Pairs)
        {
            text.Append(before).Append(label).Append("=\"");
            Escape(text, labelValue, quotes: true);
            text.Append('"');
            before = ',';
        }

        if (bound is not null)
        {
            text.Append(before).Append("le=\"").Append(bound).Append('"');
            before = ',';
        }

        text.Append(before == ',' ? "} " : " ").Append(Number(value)).Append('\n');
    }

    private static void Escape(StringBuilder text, string value, bool quotes)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(c),
            };
        }
    }
}
