using System.Collections.Concurrent;
using System.Text;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.SideEffects;
using Fabrik.Memcached.SideEffects.Spool;
using Fabrik.MemcachedTests.Destinations;
using Fabrik.Testing;
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
            new SpoolOptions { Folder = _folder, Sync = false }, _clock, (key, cancellation) =>
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

    private DeleteSpool Open() => new(
        new SpoolOptions { Folder = _folder, Sync = false }, _clock, (key, _) =>
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
