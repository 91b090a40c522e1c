using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;
using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Requests;
using Fabrik.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.MemcachedTests.Backends;

public sealed class CacheDestinationTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly MemoryTier _tier;
    private readonly CacheBackend _backend;
    private readonly BackendDestination _destination;
    private readonly HandLoop _loop;

    public CacheDestinationTests()
    {
        _tier = new MemoryTier(_clock);
        _backend = Backend(_tier);
        _loop = new HandLoop(_clock);
        _destination = Destination(_backend);
    }

    public void Dispose() => _backend.Dispose();

    [Theory]
    [InlineData("set k 5 0 3|abc", "STORED", "get k", "VALUE k 5 3|abc")]
    [InlineData("set k 0 0 0|", "STORED", "get k", "VALUE k 0 0|")]
    [InlineData("ms k 3 F7 c|abc", "HD c*", "mg k v f s t", "VA 3 f7 s3 t-1|abc")]
    [InlineData("set k 5 0 3|abc", "STORED", "mg k v k q O9", "VA 3 kk O9|abc", "mg k", "HD")]
    [InlineData("ms azE= 1 b|x", "HD", "get k1", "VALUE k1 0 1|x", "mg azE= b k v", "VA 1 kazE= b|x")]
    [InlineData("get k", "", "mg k v", "EN", "delete k", "NOT_FOUND",
        "touch k 1", "NOT_FOUND", "incr k 1", "NOT_FOUND")]
    [InlineData("add k 1 0 1|a", "STORED", "add k 2 0 1|b", "NOT_STORED", "get k", "VALUE k 1 1|a")]
    [InlineData("replace k 0 0 1|a", "NOT_STORED", "set k 0 0 1|a", "STORED",
        "replace k 3 0 1|b", "STORED", "get k", "VALUE k 3 1|b")]
    [InlineData("append k 0 0 1|a", "NOT_STORED", "set k 7 0 1|b", "STORED", "append k 1 0 1|c", "STORED",
        "prepend k 1 0 1|a", "STORED", "get k", "VALUE k 7 3|abc")]
    [InlineData("set k 1 0 1|a", "STORED", "set k 2 0 1|a", "STORED", "get k", "VALUE k 2 1|a")]
    [InlineData("set k 1 0 1|a", "STORED", "delete k", "DELETED", "get k", "", "delete k", "NOT_FOUND")]
    [InlineData("set k 9 0 2|41", "STORED", "incr k 1", "42", "decr k 50", "0", "get k", "VALUE k 9 1|0")]
    [InlineData("set k 0 0 1|x", "STORED", "incr k 1", "CLIENT_ERROR cannot increment or decrement non-numeric value")]
    [InlineData("set k 0 0 20|18446744073709551615", "STORED", "incr k 2", "1")]
    [InlineData("ma k N0 J13 v", "VA 2|13", "ma k v", "VA 2|14", "ma k MD D4 v", "VA 2|10", "ma other", "NF")]
    [InlineData("cas k 0 0 1 77|a", "NOT_FOUND", "set k 0 0 1|a", "STORED", "cas k 0 0 1 77|b", "EXISTS")]
    [InlineData("set k 0 -1 1|a", "STORED", "get k", "")]
    [InlineData("set k 0 0 1|a", "STORED", "set k 0 -1 1|b", "STORED", "get k", "")]
    [InlineData("md k", "NF", "set k 0 0 1|a", "STORED", "md k q", "HD", "mg k", "EN")]
    [InlineData("ms k 1 ME|a", "HD", "ms k 1 ME|b", "NS", "ms k 1 MA|b", "HD", "ms k 1 MR|c", "HD", "mg k v", "VA 1|c")]
    [InlineData("mg k N30 v", "CLIENT_ERROR not supported by backend cache")]
    [InlineData("md k I T30", "CLIENT_ERROR not supported by backend cache")]
    public void SendAsync_OfCommands_AnswersAsMemcachedDoes(params string[] steps)
    {
        for (var i = 0; i < steps.Length; i += 2)
        {
            var answer = Ask(steps[i]);
            if (steps[i + 1].EndsWith('*'))
            {
                Assert.StartsWith(steps[i + 1][..^1], answer, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(steps[i + 1], answer);
            }
        }
    }

    [Fact]
    public void SendAsync_OfCasWithTheNumberThatGetsTold_Stores()
    {
        Ask("set k 0 0 1|a");
        var unique = Ask("gets k").Split('|')[0].Split(' ')[4];

        Assert.Equal("STORED", Ask($"cas k 0 0 1 {unique}|b"));
        Assert.Equal("EXISTS", Ask($"cas k 0 0 1 {unique}|c"));
        Assert.Equal($"VALUE k 0 1 {Ask("mg k c")[4..]}|b", Ask("gets k"));
    }

    [Fact]
    public void SendAsync_OfWhatExpires_IsAMissInTime()
    {
        Ask("set k 3 100 1|a");
        _clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal("HD t60", Ask("mg k t"));
        Assert.Equal(TimeSpan.FromSeconds(100), _tier.LastPut!.TimeToLive);
        Assert.Equal("TOUCHED", Ask("touch k 10"));
        Assert.Equal("HD f3 t10", Ask("mg k f t"));
        Assert.Equal("VALUE k 3 1|a", Ask("gat 20 k"));
        Assert.Equal("HD t20", Ask("mg k t"));
        Assert.Equal("VA 1 t30|a", Ask("mg k v t T30"));
        _clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("", Ask("get k"));
        Assert.Equal("NOT_FOUND", Ask("delete k"));
        Assert.Equal("STORED", Ask("add k 0 0 1|b"));
    }

    [Fact]
    public void SendAsync_OfAnExpiryThatIsATime_KeepsIt()
    {
        Ask($"set k 0 {_clock.GetUtcNow().ToUnixTimeSeconds() + 50} 1|a");

        Assert.Equal("HD t50", Ask("mg k t"));
    }

    [Fact]
    public void SendAsync_OfBinaryPackets_AnswersInPackets()
    {
        Assert.Equal(0, Packet("\u0001", "\0\0\0\u0005\0\0\0\0", "k", "abc")[7]);
        var hit = Packet("\u000c", "", "k", "");

        Assert.Equal("\0\0\0\u0005kabc", hit[24..]);
        Assert.Equal('\u0009', hit[15]);
        Assert.Equal('\u0001', Packet("\0", "", "x", "")[7]);
        Assert.Equal('\u0002', Packet("\u0002", "\0\0\0\u0005\0\0\0\0", "k", "abc")[7]);
        const string One = "\0\0\0\0\0\0\0\u0001";
        const string Seven = "\0\0\0\0\0\0\0\u0007";
        Assert.Equal('\u0001', Packet("\u0005", One + Seven + "\u00ff\u00ff\u00ff\u00ff", "n", "")[7]);
        Assert.Equal(Seven, Packet("\u0005", One + Seven + "\0\0\0\0", "n", "")[24..]);
    }

    [Fact]
    public void SendAsync_OfEveryFailureOfTheStore_IsAnErrorAndNoMore()
    {
        foreach (var kind in Enum.GetValues<CacheErrorKind>())
        {
            _tier.Fault.SetAll(kind);
            var expected = kind == CacheErrorKind.TooLarge
                ? "SERVER_ERROR object too large for cache"
                : $"SERVER_ERROR backend cache: {CacheErrorKindNames.Of(kind).Replace('_', ' ')}";
            string[] commands =
                ["get k", "mg k v", "set k 0 0 1|a", "add k 0 0 1|a", "incr k 1", "touch k 1", "delete k"];
            Assert.All(commands, command => Assert.Equal(expected, Ask(command)));
            _tier.Fault.SetAll(null);
        }

        Assert.Equal("STORED", Ask("set k 0 0 1|a"));
    }

    [Theory]
    [InlineData(ArtifactForm.Memory)]
    [InlineData(ArtifactForm.File)]
    [InlineData(ArtifactForm.Copied)]
    public void SendAsync_OfALargeValue_IsWholeInEachForm(ArtifactForm form)
    {
        _tier.Form = form;
        var value = string.Concat(Enumerable.Range(0, 20_000).Select(static i => (char)('a' + (i % 26))));
        Ask($"set k 1 0 {value.Length}|{value}");

        Assert.Equal($"VALUE k 1 {value.Length}|{value}", Ask("get k"));
    }

    [Fact]
    public void SendAsync_OfADamagedValue_IsAnError()
    {
        Ask("set k 0 0 3|abc");
        (_tier.Form, _tier.DamagedAfter) = (ArtifactForm.Copied, 0);

        Assert.Equal("SERVER_ERROR backend cache: damaged", Ask("get k"));
    }

    [Fact]
    public void SendAsync_OfAValueAboveTheLimit_IsRefused()
    {
        var value = new string('x', 1000);
        Assert.Equal("STORED", Ask($"set k 0 0 1000|{value}"));
        using var small = Backend(_tier, maxValueSize: 999);

        Assert.Equal("SERVER_ERROR object too large for cache", Ask("get k", Destination(small)));
        Assert.Equal("SERVER_ERROR object too large for cache", Ask($"set k 0 0 1000|{value}", Destination(small)));
        Assert.Equal("HD s1000", Ask("mg k s", Destination(small)));
    }

    [Fact]
    public void SendAsync_BeyondWhatMayWait_FailsAtOnce()
    {
        using var full = Backend(_tier, maxWaiting: 0);

        Assert.Equal("SERVER_ERROR backend cache: overloaded", Ask("get k", Destination(full)));
    }

    [Fact]
    public void SendAsync_OfCountsByMany_LosesNone()
    {
        Ask("set k 0 0 1|0");
        Task<Reply>[] sent = [.. Enumerable.Range(0, 200).Select(_ => _loop.Send(_destination, "incr k 1\r\n"))];

        string[] answers = [.. sent.Select(_loop.Take)];

        Assert.Equal(200, answers.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("VALUE k 0 3|200", Ask("get k"));
    }

    [Fact]
    public async Task SendAsync_OverTheStoreOnDisk_KeepsFlagsAndExpiryOfTheLastWriter()
    {
        var folder = Directory.CreateTempSubdirectory("fabrik-memcached-");
        try
        {
            var opened = await LocalStore.OpenAsync(
                new LocalStoreOptions { Directory = folder.FullName }, _clock, NullLoggerFactory.Instance, default);
            await using var store = opened.Value;
            using var backend = Backend(store);
            var destination = Destination(backend);

            Assert.Equal("STORED", Ask("set k 1 100 3|abc", destination));
            Assert.Equal("STORED", Ask("set k 2 50 3|abc", destination));
            Assert.Equal("VA 3 f2 t50|abc", Ask("mg k v f t", destination));
            Assert.Equal("TOUCHED", Ask("touch k 0", destination));
            Assert.Equal("VA 3 f2 t-1|abc", Ask("mg k v f t", destination));
            Assert.Equal("STORED", Ask("append k 0 0 1|d", destination));
            Assert.Equal("VALUE k 2 4|abcd", Ask("get k", destination));
            Assert.Equal("DELETED", Ask("delete k", destination));
            Assert.Equal("", Ask("get k", destination));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void SendAsync_OfAKey_IsFoundUnderTheNamespace()
    {
        Ask("set k 0 0 1|a");

        var id = new ArtifactKey("", "", "memcached", "k").ToId();
        Assert.Equal("k", _tier.Find(id)!.Info.Metadata.Key);
        Assert.Equal("memcached", _tier.Find(id)!.Info.Metadata.Tool);
    }

    private CacheBackend Backend(ICacheTier tier, int maxValueSize = 1 << 20, int maxWaiting = 1000) =>
        new(new CacheBackendParts
        {
            Name = "cache",
            Namespace = "memcached",
            Tier = tier,
            Time = _clock,
            Log = NullLogger.Instance,
            MaxValueSize = maxValueSize,
            MaxWaiting = maxWaiting,
        });

    private BackendDestination Destination(CacheBackend backend) =>
        new(_loop, backend, NullLogger.Instance) { Name = "cache", Description = "the store" };

    private string Ask(string text, BackendDestination? destination = null)
    {
        var message = text.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n";
        var answer = _loop.Ask(destination ?? _destination, message);
        return answer.Length == 0 ? "" : answer[..^2].Replace("\r\n", "|", StringComparison.Ordinal);
    }

    private string Packet(string opcode, string extras, string key, string value)
    {
        var body = extras.Length + key.Length + value.Length;
        var lengths = $"\0{(char)key.Length}{(char)extras.Length}\0\0\0\0\0\0{(char)body}";
        var head = $"\u0080{opcode}{lengths}\0\0\0\u0009\0\0\0\0\0\0\0\0";
        return _loop.Ask(_destination, head + extras + key + value);
    }
}
