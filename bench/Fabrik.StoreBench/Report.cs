using System.Globalization;

namespace Fabrik.StoreBench;

/// <summary>The table, a row at a time.</summary>
internal sealed class Report
{
    private readonly TextWriter _output;

    public Report(TextWriter output)
    {
        _output = output;
        _output.WriteLine("| what | value | p50 | p99 |");
        _output.WriteLine("|---|---:|---:|---:|");
    }

    /// <summary>A row with one value.</summary>
    public void Add(string what, FormattableString value) =>
        _output.WriteLine($"| {what} | {value.ToString(CultureInfo.InvariantCulture)} | | |");

    /// <summary>A row with a rate and its latencies.</summary>
    public void Add(string what, Latencies run)
    {
        var (rate, p50, p99) = (run.Rate, run.Microseconds(0.5), run.Microseconds(0.99));
        var row = string.Create(
            CultureInfo.InvariantCulture, $"| {what} | {rate:N0}/s | {p50:N0} µs | {p99:N0} µs |");
        _output.WriteLine(row);
    }
}
