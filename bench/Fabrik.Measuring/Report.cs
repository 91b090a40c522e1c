using System.Globalization;

namespace Fabrik.Measuring;

/// <summary>The table: medians over the rounds.</summary>
internal sealed class Report(IReadOnlyList<Server> servers)
{
    private readonly List<(string Request, string Server, Sample Sample)> _samples = [];

    /// <summary>Takes what a round of a kind of request took.</summary>
    public void Add(string request, Server server, Sample sample)
    {
        _samples.Add((request, server.Name, sample));
        Console.Error.WriteLine($"{request}, {server.Name}: {sample}");
    }

    public void Print(TextWriter output, int rounds)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Median of {rounds} rounds."));
        output.WriteLine();
        output.WriteLine(
            "| request | server | requests/s | p50 ms | p95 ms | p99 ms | CPU ms/request | allocated KiB/request"
            + " | memory MiB | client's CPU ms/request |");
        output.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var request in _samples.GroupBy(static one => one.Request, StringComparer.Ordinal))
        {
            foreach (var server in servers)
            {
                output.WriteLine(Row(request.Key, server.Name, [.. request
                    .Where(one => one.Server == server.Name)
                    .Select(static one => one.Sample)]));
            }
        }

        var others = _samples.Select(static one => one.Sample.Others).ToArray();
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Other processes of the machine used {Median(others):0.##} cores meanwhile (median), at most"
            + $" {others.Max():0.##}."));
    }

    private static string Row(string request, string server, Sample[] rounds)
    {
        var allocated = rounds.Select(static one => one.Allocated).OfType<double>().ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {request} | {server} | {Of(static one => one.Rate):N0} | {Of(static one => one.P50):N2}"
            + $" | {Of(static one => one.P95):N2} | {Of(static one => one.P99):N2}"
            + $" | {Of(static one => one.ServerTime):N3}"
            + $" | {(allocated.Length == 0 ? "" : Median(allocated).ToString("N1", CultureInfo.InvariantCulture))}"
            + $" | {Of(static one => one.Memory):N0} | {Of(static one => one.ClientTime):N3} |");

        double Of(Func<Sample, double> value) => Median([.. rounds.Select(value)]);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
