using System.Collections.Concurrent;
using System.Text;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.SideEffects;
using Fabrik.Memcached.SideEffects.Spool;
using Fabrik.MemcachedTests.Destinations;
using Fabrik.MemcachedTests.Proxies;
using Fabrik.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.MemcachedTests.SideEffects.Spool;

public sealed class DeleteSpoolTests : StrategyTest, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabrik-spool-").FullName;
    private readonly TestClock _clock = new();
    private readonly BlockingCollection<string> _tried = [];
    private volatile bool _isDown;

    void IDisposable.Dispose()
    {
        base.Dispose();
        Directory.Delete(_folder, recursive: true);
        _tried.Dispose();
    }

    [Fact]
    public async Task TryAdd_WhileTheTargetIsDown_IsRepeatedInOrderWhenItIsBack()
    {
        _isDown = true;
        await using var spool = Open();
        Assert.True(spool.TryAdd("a"u8));
        Assert.True(spool.TryAdd("b"u8));
        Assert.Equal("a", Next());

        _isDown = false;
        await _clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), () => spool.Counters.Replayed == 2);

        var tried = new List<string> { Next(), Next() };
        while (_tried.TryTake(out var key))
        {
            tried.Add(key);
        }

        Assert.Equal(["a", "b"], tried[^2..]);
        Assert.All(tried[..^1], key => Assert.Equal("a", key));
        Assert.Equal(0, spool.Counters.Dropped);
    }

    [Fact]
    public async Task Dispose_WithDeletesLeft_KeepsThemForTheNextProcess()
    {
        _isDown = true;
        await using (var spool = Open())
        {
            spool.TryAdd("a"u8);
            spool.TryAdd("b"u8);
            Next();
        }

        _isDown = false;
        while (_tried.TryTake(out _))
        {
        }

        await using var next = Open();

        Assert.Equal("a", Next());
        Assert.Equal("b", Next());
    }

    [Fact]
    public async Task TryAdd_WhereAFileCannotBeRemoved_StillKeepsWhatComes()
    {
        _isDown = true;
        await using var spool = Open();
        spool.TryAdd("a"u8);
        Next();
        var path = Assert.Single(Directory.GetFiles(_folder));
        File.Delete(path);
        Directory.CreateDirectory(path);
        _isDown = false;
        await _clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), () => spool.Counters.Replayed == 1);

        spool.TryAdd("b"u8);
        await _clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), () => spool.Counters.Kept == 2);

        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public async Task Send_OfAFailedDelete_ReachesTheTargetByTheLoopLater()
    {
        B.On("delete", TestReplies.TimedOut, "DELETED");
        var delete = new LoopDelete(Loop, B);
        await using var spool = new DeleteSpool(
            new SpoolOptions { Folder = _folder, Sync = false },
            _clock,
            NullLogger.Instance,
            new SpoolCounters(),
            (key, cancellation) =>
            {
                var done = delete.DeleteAsync(key, cancellation);
                Loop.Run();
                _tried.Add(Encoding.ASCII.GetString(key), CancellationToken.None);
                return done;
            });
        var effect = new MemcachedWrite(Loop, A, 10, new SendCounters(), spool) { Name = "w" };
        A.On("delete", TestReplies.TimedOut);

        var request = TestRequests.Text(Loop, "delete k");
        var reply = TestReplies.Text(Loop, "DELETED");
        effect.After(request, reply);
        reply.Release();
        request.Release();
        Next();
        await _clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), () => spool.Counters.Replayed == 1);

        Assert.Equal(["delete k", "delete k"], B.Received);
    }

    [Fact]
    public async Task TryAdd_WhileTheDiskFails_WaitsAndIsWrittenWhenItIsWell()
    {
        using var log = new CollectingLogs(LogLevel.Debug);
        await using var spool = Open(log);
        BlockFolder();
        spool.TryAdd("a"u8);
        await Wait.UntilAsync(() => spool.Counters.Faults == 1);
        spool.TryAdd("b"u8);

        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => spool.Counters.Faults == 5);
        Assert.Equal((0, 0), (spool.Counters.Kept, spool.Counters.Dropped));
        var (level, text) = log.Entries.First();
        Assert.Equal(LogLevel.Error, level);
        Assert.StartsWith("Deletes that failed cannot be kept in", text, StringComparison.Ordinal);
        UnblockFolder();
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => spool.Counters.Replayed == 2);

        Assert.Equal("a b", $"{Next()} {Next()}");
        Assert.Equal((2, 0), (spool.Counters.Kept, spool.Counters.Dropped));
        await Wait.UntilAsync(() => log.Entries.Last().Level == LogLevel.Information);
    }

    [Fact]
    public async Task TryAdd_WhileTheDiskFailsForLong_TellsOnceAMinuteAndTakesNoMoreThanMayWait()
    {
        using var log = new CollectingLogs(LogLevel.Debug);
        await using (var spool = Open(log, queueLimit: 10))
        {
            BlockFolder();
            spool.TryAdd("first"u8);
            await Wait.UntilAsync(() => spool.Counters.Faults == 1);
            var taken = Enumerable.Range(0, 50).Count(_ => spool.TryAdd("k"u8));

            Assert.Equal(10, taken);
            Assert.Equal(40, spool.Counters.Dropped);
            var begin = _clock.GetUtcNow();
            await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => spool.Counters.Faults == 12);
            var minutes = (_clock.GetUtcNow() - begin).TotalMinutes;
            Assert.InRange(log.Entries.Count, 2, minutes + 1);
        }

        var (level, text) = log.Entries.Last();
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains("11 deletes are lost", text, StringComparison.Ordinal);
        UnblockFolder();
    }

    [Fact]
    public async Task Replay_OfAFileThatMayNotBeRemoved_GoesOnWhenItMay()
    {
        _isDown = true;
        using var log = new CollectingLogs(LogLevel.Debug);
        await using var spool = Open(log);
        spool.TryAdd("a"u8);
        await Wait.UntilAsync(() => spool.Counters.Kept == 1);
        Next();

        // To remove a folder as if it were a file is not permitted, to root neither.
        var file = Assert.Single(Directory.GetFiles(_folder));
        File.Delete(file);
        Directory.CreateDirectory(file);
        _isDown = false;
        await _clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), () => spool.Counters.Faults == 2);
        Directory.Delete(file);
        spool.TryAdd("b"u8);
        await _clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(500), () => spool.Counters.Replayed == 2);

        Assert.Equal(0, spool.Counters.Dropped);
        Assert.Equal(LogLevel.Error, log.Entries.First().Level);
    }

    [Fact]
    public async Task New_WithDeletesThatWereLeft_CountsWhereItIsToldFromTheFirstOn()
    {
        _isDown = true;
        await using (var spool = Open())
        {
            spool.TryAdd("a"u8);
            await Wait.UntilAsync(() => spool.Counters.Kept == 1);
        }

        _isDown = false;
        var counters = new SpoolCounters();
        await using var next = Open(counters: counters);

        await Wait.UntilAsync(() => Volatile.Read(ref counters.Replayed) == 1);
        Assert.Same(counters, next.Counters);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("file/below")]
    public void New_WhereTheFolderIsAFile_IsRefused(string path)
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        var options = new SpoolOptions { Folder = Path.Combine(_folder, path) };

        Assert.ThrowsAny<IOException>(() => new DeleteSpool(
            options, _clock, NullLogger.Instance, new SpoolCounters(), (_, _) => Task.FromResult(true)));
    }

    // A file in the place of the folder: nothing can be written there, by root neither.
    private void BlockFolder()
    {
        Directory.Delete(_folder, recursive: true);
        File.WriteAllText(_folder, "");
    }

    private void UnblockFolder()
    {
        File.Delete(_folder);
        Directory.CreateDirectory(_folder);
    }

    private DeleteSpool Open(ILogger? log = null, int queueLimit = 1000, SpoolCounters? counters = null) => new(
        new SpoolOptions { Folder = _folder, Sync = false, QueueLimit = queueLimit },
        _clock,
        log ?? NullLogger.Instance,
        counters ?? new SpoolCounters(),
        (key, _) =>
        {
            var isDone = !_isDown;
            _tried.Add(Encoding.ASCII.GetString(key), CancellationToken.None);
            return Task.FromResult(isDone);
        });

    private string Next()
    {
        Assert.True(_tried.TryTake(out var key, TimeSpan.FromSeconds(20)), "Nothing was tried.");
        return key;
    }
}
