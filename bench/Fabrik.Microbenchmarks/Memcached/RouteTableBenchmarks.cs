using System.Text;
using BenchmarkDotNet.Attributes;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;

namespace Fabrik.Microbenchmarks.Memcached;

/// <summary>
/// The decision where a request goes, alone: of routes of which one in four is a key, a prefix, a glob and an anchored
/// regular expression, and a last one for everything else.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
[MedianColumn]
public class RouteTableBenchmarks
{
    private RouteTable _table = null!;
    private byte[] _exact = null!;
    private byte[] _prefix = null!;
    private byte[] _glob = null!;
    private byte[] _regex = null!;
    private byte[] _other = null!;

    [Params(1, 100, 10_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var routes = Enumerable.Range(0, Routes - 1).Select(static i => Route(i, (i % 4) switch
        {
            0 => $"app{i}:settings",
            1 => $"app{i}:session:*",
            2 => $"app{i}:user:*:name",
            _ => $"/^app{i}:order:[0-9]+$/",
        }));
        if (!RouteTable.TryCreate([.. routes, Route(Routes, "*")], out var table, out var errors))
        {
            throw new InvalidOperationException(errors[0].Message);
        }

        _table = table!;
        var group = Math.Max(0, (Routes / 4 * 4) - 8);
        _exact = Encoding.ASCII.GetBytes($"app{group}:settings");
        _prefix = Encoding.ASCII.GetBytes($"app{group + 1}:session:0123456789abcdef");
        _glob = Encoding.ASCII.GetBytes($"app{group + 2}:user:0123456789:name");
        _regex = Encoding.ASCII.GetBytes($"app{group + 3}:order:0123456789");
        _other = Encoding.ASCII.GetBytes("something:else:0123456789abcdef");
    }

    [Benchmark(Baseline = true)]
    public int Key() => _table.Find(Verb.Get, _exact);

    [Benchmark]
    public int Prefix() => _table.Find(Verb.Get, _prefix);

    [Benchmark]
    public int Glob() => _table.Find(Verb.Get, _glob);

    [Benchmark]
    public int Regex() => _table.Find(Verb.Get, _regex);

    [Benchmark]
    public int EverythingElse() => _table.Find(Verb.Get, _other);

    private static RouteOptions Route(int number, string matcher) =>
        new() { Name = $"route{number}", Matcher = matcher, Backend = "pool" };
}
