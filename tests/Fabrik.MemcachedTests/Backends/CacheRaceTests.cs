using System.Globalization;
using System.Text;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;
using Fabrik.Memcached.Backends;
using Fabrik.Testing;
using Fabrik.Wire.Memcached;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.MemcachedTests.Backends;

/// <summary>Many writers of one key, by two backends over one store, none of which knows of the other.</summary>
public sealed class CacheRaceTests : IAsyncLifetime
{
    private const int Writers = 32;
    private const string Key = "k";

    private static readonly ArtifactId Id = new ArtifactKey("", "", "memcached", Key).ToId();

    private readonly TestClock _clock = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fabrik-memcached-");
    private readonly MemoryTier _memory;
    private LocalStore? _disk;

    public CacheRaceTests() => _memory = new MemoryTier(_clock);

    public async ValueTask InitializeAsync()
    {
        var opened = await LocalStore.OpenAsync(
            new LocalStoreOptions { Directory = _folder.FullName }, _clock, NullLoggerFactory.Instance, default);
        _disk = opened.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _disk!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_OfCountsByMany_LosesNone(bool isOnDisk)
    {
        const int Rounds = 10;
        using var backends = new Two(Tier(isOnDisk), _clock);
        await backends.First.RunAsync(Set("0"));

        var counts = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var numbers = new List<ulong?>();
            for (var round = 0; round < Rounds; round++)
            {
                var counted = await backends[writer].RunAsync(Command(BackendAction.Increment) with { Delta = 1 });
                numbers.Add(counted.Number);
            }

            return numbers;
        })));

        Assert.Equal(
            Enumerable.Range(1, Writers * Rounds).Select(static n => (ulong?)n),
            counts.SelectMany(static numbers => numbers).Order());
        Assert.Equal($"{Writers * Rounds}", await ReadAsync(backends.Second));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_OfCountsFromNothing_BeginsOnce(bool isOnDisk)
    {
        using var backends = new Two(Tier(isOnDisk), _clock);
        var count = Command(BackendAction.Increment) with { Delta = 1, Initial = 100, Expiry = 0 };

        var answers = await RaceAsync(backends, _ => count);

        Assert.Equal(
            Enumerable.Range(100, Writers).Select(static n => (ulong?)n),
            answers.Select(static answer => answer.Number).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_OfAddsByMany_StoresOne(bool isOnDisk)
    {
        using var backends = new Two(Tier(isOnDisk), _clock);

        var answers = await RaceAsync(backends, static i => Set($"{i}") with { Action = BackendAction.Add });

        var winner = Assert.Single(Enumerable.Range(0, Writers), i => answers[i].Kind == ReplyKind.Done);
        Assert.Equal(Writers - 1, answers.Count(static answer => answer.Kind == ReplyKind.NotStored));
        Assert.Equal($"{winner}", await ReadAsync(backends.First));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_OfCasByManyWithOneNumber_StoresOne(bool isOnDisk)
    {
        using var backends = new Two(Tier(isOnDisk), _clock);
        var unique = (await backends.First.RunAsync(Set("before"))).Unique;

        var answers = await RaceAsync(
            backends, i => Set($"{i}") with { Action = BackendAction.CompareAndSwap, Unique = unique });

        var winner = Assert.Single(Enumerable.Range(0, Writers), i => answers[i].Kind == ReplyKind.Done);
        Assert.Equal(Writers - 1, answers.Count(static answer => answer.Kind == ReplyKind.Exists));
        Assert.Equal($"{winner}", await ReadAsync(backends.First));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_OfDeletesByMany_DeletesOnce(bool isOnDisk)
    {
        using var backends = new Two(Tier(isOnDisk), _clock);
        await backends.First.RunAsync(Set("a"));

        var answers = await RaceAsync(backends, static _ => Command(BackendAction.Delete));

        Assert.Single(answers, static answer => answer.Kind == ReplyKind.Done);
        Assert.Equal(Writers - 1, answers.Count(static answer => answer.Kind == ReplyKind.Miss));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_OfAppendsAndTouches_LosesNoPart(bool isOnDisk)
    {
        using var backends = new Two(Tier(isOnDisk), _clock);
        await backends.First.RunAsync(Set("|") with { ClientFlags = 5 });

        var answers = await RaceAsync(backends, static i => (i % 3) switch
        {
            0 => Command(BackendAction.Append) with { Value = [(byte)('A' + (i / 3))] },
            1 => Command(BackendAction.Prepend) with { Value = [(byte)('a' + (i / 3))] },
            _ => Command(BackendAction.Touch) with { Expiry = 100 },
        });

        Assert.All(answers, static answer => Assert.Equal(ReplyKind.Done, answer.Kind));
        var parts = (await ReadAsync(backends.First)).Split('|');
        Assert.Equal("abcdefghijk", string.Concat(parts[0].Order()));
        Assert.Equal("ABCDEFGHIJK", string.Concat(parts[1].Order()));
        var head = await backends.First.RunAsync(Command(BackendAction.Get) with { WithoutValue = true });
        Assert.Equal((5U, 100L), (head.Hit.ClientFlags, head.Hit.RemainingTtl));
    }

    [Fact]
    public async Task RunAsync_WhereAnotherProtocolWritesMeanwhile_CountsFromThat()
    {
        using var backends = new Two(_memory, _clock);
        await backends.First.RunAsync(Set("1"));
        WriteOnce("41");

        var counted = await backends.First.RunAsync(Command(BackendAction.Increment) with { Delta = 1 });

        Assert.Equal(42UL, counted.Number);
        Assert.Equal("42", await ReadAsync(backends.First));
    }

    [Theory]
    [InlineData("Add", false, "NotStored")]
    [InlineData("CompareAndSwap", true, "Exists")]
    [InlineData("Replace", true, "Done")]
    public async Task RunAsync_WhereAnotherProtocolWritesMeanwhile_JudgesWhatThatOneWrote(
        string action, bool isThere, string expected)
    {
        using var backends = new Two(_memory, _clock);
        var unique = isThere ? (await backends.First.RunAsync(Set("1"))).Unique : 0;
        WriteOnce("other");

        var answer = await backends.First.RunAsync(Set("2") with
        {
            Action = Enum.Parse<BackendAction>(action),
            Unique = action == nameof(BackendAction.CompareAndSwap) ? unique : 0,
        });

        Assert.Equal(expected, $"{answer.Kind}");
        Assert.Equal(answer.Kind == ReplyKind.Done ? "2" : "other", await ReadAsync(backends.First));
    }

    [Fact]
    public async Task RunAsync_WhereAnotherAlwaysComesFirst_GivesUp()
    {
        using var backends = new Two(_memory, _clock);
        await backends.First.RunAsync(Set("1"));
        var writes = 0;
        _memory.BeforeCommit = () =>
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"{writes++}"));
            return ValueTask.CompletedTask;
        };

        var answer = await backends.First.RunAsync(Command(BackendAction.Increment) with { Delta = 1 });

        Assert.Equal((ReplyKind.ServerError, "others change the key all the time"), (answer.Kind, answer.Text));
        Assert.Equal(CacheRewrites.MaxAttempts, writes);
    }

    private static BackendCommand Command(BackendAction action) =>
        new() { Action = action, Key = Encoding.ASCII.GetBytes(Key) };

    private static BackendCommand Set(string value) =>
        Command(BackendAction.Set) with { Value = Encoding.ASCII.GetBytes(value), Expiry = 0 };

    private static Task<BackendAnswer[]> RaceAsync(Two backends, Func<int, BackendCommand> command) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => backends[i].RunAsync(command(i)))));

    private static async Task<string> ReadAsync(CacheBackend backend)
    {
        var answer = await backend.RunAsync(Command(BackendAction.Get));
        Assert.Equal(ReplyKind.Hit, answer.Kind);
        return Encoding.ASCII.GetString(answer.Room!, BackendAnswer.HeadRoom, answer.Hit.ValueLength);
    }

    private ICacheTier Tier(bool isOnDisk) => isOnDisk ? _disk! : _memory;

    private void Write(string value) =>
        _memory.Set(Id, Encoding.ASCII.GetBytes(value), new ArtifactMetadata { Tool = "http", Key = Key });

    // Between the look at what is there and the change.
    private void WriteOnce(string value) => _memory.BeforeCommit = () =>
    {
        _memory.BeforeCommit = static () => ValueTask.CompletedTask;
        Write(value);
        return ValueTask.CompletedTask;
    };

    private sealed class Two(ICacheTier tier, TimeProvider time) : IDisposable
    {
        public CacheBackend First { get; } = Make(tier, time);

        public CacheBackend Second { get; } = Make(tier, time);

        public CacheBackend this[int writer] => writer % 2 == 0 ? First : Second;

        public void Dispose()
        {
            First.Dispose();
            Second.Dispose();
        }

        private static CacheBackend Make(ICacheTier tier, TimeProvider time) => new(new CacheBackendParts
        {
            Name = "cache",
            Namespace = "memcached",
            Tier = tier,
            Time = time,
            Log = NullLogger.Instance,
        });
    }
}
