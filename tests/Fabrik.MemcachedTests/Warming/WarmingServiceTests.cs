using System.Text;
using System.Text.Json;
using Fabrik.Cache;
using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Routing;
using Fabrik.Memcached.Warming;
using Fabrik.Testing;
using Fabrik.Wire.Memcached;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.MemcachedTests.Warming;

public sealed class WarmingServiceTests : IAsyncDisposable
{
    private readonly TestClock _clock = new();
    private readonly EventLoop[] _loops;
    private readonly CacheBackend _from;
    private readonly CacheBackend _to;
    private readonly MemoryTier _source;
    private readonly MemoryTier _target;
    private readonly WarmingService _service;

    public WarmingServiceTests()
    {
        (_source, _target) = (new MemoryTier(_clock), new MemoryTier(_clock));
        (_from, _to) = (Backend(_source), Backend(_target));
        _loops = [.. Enumerable.Range(0, 2).Select(static i =>
            new EventLoop($"test-{i}", EventLoop.CreatePoller(), TimeProvider.System, NullLogger.Instance))];
        Array.ForEach(_loops, static loop => loop.Start());
        var parts = new WarmingParts { Loops = _loops, Find = Find, Describe = Describe, Time = _clock };
        _service = new WarmingService(parts);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        Array.ForEach(_loops, static loop => loop.Dispose());
        _from.Dispose();
        _to.Dispose();
    }

    [Fact]
    public async Task Begin_WithKeys_CopiesThemWithFlagsAndTheRestOfTheirLife()
    {
        await SetAsync(_from, "a", "1", flags: 7, expiry: 100);
        await SetAsync(_from, "b b", "2", flags: 0, expiry: 0);
        await SetAsync(_from, "c", "3", flags: 0, expiry: 0);
        await SetAsync(_to, "c", "old", flags: 0, expiry: 0);
        _clock.Advance(TimeSpan.FromSeconds(40));

        var job = await RunAsync(Request() with { Keys = ["a", "b b", "c", "d"] });

        Assert.Equal(("done", 4L, 2L, 1L, 1L, 0L, 2L),
            (job.State, job.Found, job.Copied, job.Kept, job.Missing, job.Failed, job.Bytes));
        Assert.Equal("1 f7 t60", await GetAsync(_to, "a"));
        Assert.Equal("2 f0 t-1", await GetAsync(_to, "b b"));
        Assert.Equal("old f0 t-1", await GetAsync(_to, "c"));
    }

    [Fact]
    public async Task Begin_WithOverwrite_ReplacesWhatIsThere()
    {
        await SetAsync(_from, "a", "new", flags: 1, expiry: 31 * 86400 + _clock.GetUtcNow().ToUnixTimeSeconds());
        await SetAsync(_to, "a", "old", flags: 0, expiry: 0);

        var job = await RunAsync(Request() with { Keys = ["a"], Overwrites = true });

        Assert.Equal(1, job.Copied);
        Assert.Equal($"new f1 t{31 * 86400}", await GetAsync(_to, "a"));
    }

    [Fact]
    public async Task Begin_WithAFileAndAPrefix_CopiesTheLinesThatBeginSo()
    {
        foreach (var key in (string[])["user:1", "user:2", "other:1"])
        {
            await SetAsync(_from, key, "x", flags: 0, expiry: 0);
        }

        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                file, "user:1\r\nother:1\n\nuser:2", TestContext.Current.CancellationToken);
            var job = await RunAsync(Request() with { KeyFile = file, Prefix = "user:" });

            Assert.Equal(("done", 2L, 2L), (job.State, job.Found, job.Copied));
            Assert.Equal(2, _target.Count);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("user:*", "", "user:1 user:22 user:ü")]
    [InlineData("user:?", "", "user:1 user:ü")]
    [InlineData("*[0-9]", "other", "other:1")]
    [InlineData("/[0-9]{2}$/", "", "user:22")]
    [InlineData("user:1", "", "user:1")]
    public async Task Begin_WithAMatcher_CopiesTheKeysThatItMatches(string matcher, string prefix, string copied)
    {
        string[] keys = ["user:1", "user:22", "user:ü", "other:1"];
        foreach (var key in keys)
        {
            await SetAsync(_from, key, "x", flags: 0, expiry: 0);
        }

        Assert.True(RoutePattern.TryParse(matcher, out var pattern, out _));
        var job = await RunAsync(Request() with { Keys = keys, Matcher = pattern, Prefix = prefix });

        var wanted = copied.Split(' ');
        Assert.Equal((wanted.Length, wanted.Length), (job.Found, job.Copied));
        foreach (var key in keys)
        {
            Assert.Equal(wanted.Contains(key) ? "x f0 t-1" : null, await FindAsync(_to, key));
        }
    }

    [Fact]
    public async Task Begin_WithAFileThatIsNotThere_Fails()
    {
        var job = await RunAsync(Request() with { KeyFile = "/nowhere/at/all" });

        Assert.Equal("failed", job.State);
        Assert.Contains("/nowhere/at/all", job.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Begin_WithAMetadumpOfWhatIsNoPool_Fails()
    {
        var job = await RunAsync(Request() with { IsMetadump = true });

        Assert.Equal(("failed", "from is no pool of servers, which could tell their keys."), (job.State, job.Problem));
    }

    [Fact]
    public async Task Begin_WhereTheTargetFails_CountsIt()
    {
        await SetAsync(_from, "a", "1", flags: 0, expiry: 0);
        _target.Fault.SetAll(CacheErrorKind.Unavailable);

        var job = await RunAsync(Request() with { Keys = ["a", new string('x', 251)] });

        Assert.Equal(("done", 2L), (job.State, job.Failed));
    }

    [Fact]
    public async Task Begin_WithARate_KeepsToIt()
    {
        string[] keys = [.. Enumerable.Range(0, 50).Select(static i => $"k{i}")];
        var job = _service.Begin(Request() with { Keys = keys, Rate = 10 })!;
        var begin = _clock.GetUtcNow();
        await _clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => job.HasEnded);

        Assert.Equal(50, job.Missing);
        Assert.True(_clock.GetUtcNow() - begin >= TimeSpan.FromSeconds(4.9));
        Assert.Equal(TimeSpan.Zero, job.Remaining);
    }

    [Fact]
    public async Task CancelAsync_OfAJob_EndsIt()
    {
        var job = _service.Begin(Request() with { Keys = ["a", "b"], Rate = 0.001 })!;
        await Wait.UntilAsync(() => job.Missing == 1);

        await job.CancelAsync();
        await Wait.UntilAsync(() => job.HasEnded);

        Assert.Equal("cancelled", job.State);
    }

    [Fact]
    public async Task Begin_BeyondWhatMayRun_IsRefused()
    {
        var jobs = Enumerable.Range(0, WarmingService.MaxRunning)
            .Select(_ => _service.Begin(Request() with { Keys = ["a", "b"], Rate = 0.001 })!).ToArray();

        Assert.Null(_service.Begin(Request() with { Keys = ["a"] }));

        await jobs[0].CancelAsync();
        await Wait.UntilAsync(() => jobs[0].HasEnded);
        Assert.NotNull(_service.Begin(Request() with { Keys = ["a"] }));
    }

    [Theory]
    [InlineData("""{"from":"a","to":"b","keys":["x"]}""", null)]
    [InlineData("""{"from":"a","to":"b","metadump":true,"prefix":"u","rate":9}""", null)]
    [InlineData("""{"from":"a","to":"b","key_file":"f","concurrency":4,"overwrite":true}""", null)]
    [InlineData("""{"from":"a","to":"b","metadump":true,"matcher":"user:[a-c]*"}""", null)]
    [InlineData("""{"from":"a","to":"b","metadump":true,"matcher":"/^user:[0-9]+$/"}""", null)]
    [InlineData("""{"from":"a","to":"b","metadump":true,"matcher":"user:[a"}""",
        "\"matcher\": the '[' at position 6 has no ']'")]
    [InlineData("""{"from":"a","to":"b","metadump":true,"matcher":"/(/"}""", "\"matcher\": the regular expression")]
    [InlineData("""{"from":"a","to":"b","metadump":true,"matcher":""}""", "\"matcher\": the pattern is empty")]
    [InlineData("""{"from":"a","to":"b","metadump":true,"matcher":7}""", "\"matcher\": expected from")]
    [InlineData("""{"from":"a","to":"b"}""", "expected one of")]
    [InlineData("""{"from":"a","to":"b","keys":["x"],"metadump":true}""", "expected one of")]
    [InlineData("""{"from":"a","to":"a","keys":["x"]}""", "\"to\": expected another backend")]
    [InlineData("""{"to":"b","keys":["x"]}""", "expected \"from\"")]
    [InlineData("""{"from":"a","to":"b","keys":[1]}""", "\"keys\"")]
    [InlineData("""{"from":"a","to":"b","keys":["x"],"rate":-1}""", "\"rate\"")]
    [InlineData("""{"from":"a","to":"b","keys":["x"],"concurrency":0}""", "\"concurrency\"")]
    [InlineData("""{"from":"a","to":"b","keys":["x"],"speed":1}""", "\"speed\"")]
    public void TryRead_OfARequest_TakesItOrSaysWhatIsWrong(string json, string? problem)
    {
        using var document = JsonDocument.Parse(json);

        var found = WarmingRequest.TryRead(document.RootElement, out var request);

        Assert.Equal(problem is null, request is not null);
        Assert.StartsWith(problem ?? "", found ?? "", StringComparison.Ordinal);
    }

    private static WarmingRequest Request() => new() { From = "from", To = "to" };

    private static async Task SetAsync(CacheBackend backend, string key, string value, uint flags, long expiry) =>
        await backend.RunAsync(new BackendCommand
        {
            Action = BackendAction.Set,
            Key = Encoding.UTF8.GetBytes(key),
            Value = Encoding.UTF8.GetBytes(value),
            ClientFlags = flags,
            Expiry = expiry,
        });

    private static async Task<string> GetAsync(CacheBackend backend, string key) =>
        await FindAsync(backend, key) ?? "none";

    private static async Task<string?> FindAsync(CacheBackend backend, string key)
    {
        var answer = await backend.RunAsync(new BackendCommand
        {
            Action = BackendAction.Get,
            Key = Encoding.UTF8.GetBytes(key),
        });
        if (answer.Kind != ReplyKind.Hit)
        {
            return null;
        }

        var value = answer.Room.AsSpan(BackendAnswer.HeadRoom, answer.Hit.ValueLength);
        return $"{Encoding.UTF8.GetString(value)} f{answer.Hit.ClientFlags} t{answer.Hit.RemainingTtl}";
    }

    private static CacheBackendOptions? Describe(string name) =>
        name is "from" or "to" ? new CacheBackendOptions { Name = name } : null;

    private CacheBackend Backend(ICacheTier tier) => new(new CacheBackendParts
    {
        Name = "cache",
        Namespace = "memcached",
        Tier = tier,
        Time = _clock,
        Log = NullLogger.Instance,
    });

    private BackendDestination? Find(string name, ILoop loop) => name is not ("from" or "to") ? null
        : new BackendDestination(loop, name == "from" ? _from : _to, NullLogger.Instance)
        {
            Name = name,
            Description = "the store",
        };

    private async Task<WarmingJob> RunAsync(WarmingRequest request)
    {
        var job = _service.Begin(request)!;
        await Wait.UntilAsync(() => job.HasEnded);
        return job;
    }
}
