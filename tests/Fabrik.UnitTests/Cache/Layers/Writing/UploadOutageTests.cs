using Fabrik.Cache;
using Xunit;
using static Fabrik.UnitTests.Cache.Layers.Writing.QueueFixture;

namespace Fabrik.UnitTests.Cache.Layers.Writing;

/// <summary>Upstreams that fail, processes that end, and disks that do not hold.</summary>
public sealed class UploadOutageTests
{
    [Theory]
    [InlineData(CacheErrorKind.Unavailable)]
    [InlineData(CacheErrorKind.Denied)]
    [InlineData(CacheErrorKind.StorageFull)]
    public async Task Outage_OfMinutes_CostsATryAMinuteAndLosesNothing(CacheErrorKind kind)
    {
        await using var fixture = await OpenAsync(options => options with { Workers = 20 });
        fixture.Upstream.Inner.Fault.SetAll(kind);
        for (var i = 0; i < 600; i++)
        {
            await fixture.WriteAsync($"{i}");
        }

        await fixture.UntilAsync(() => fixture.Statistics.IsPaused);
        var start = fixture.Clock.GetUtcNow();
        await fixture.UntilAsync(() => fixture.Upstream.Calls > 15);

        // While the pause grows to a minute, 0.5 to 16 seconds at least; then 30 seconds at least, nine times.
        Assert.True(fixture.Clock.GetUtcNow() - start > TimeSpan.FromMinutes(4));
        Assert.Equal(600, fixture.Statistics.Depth);
        Assert.True(fixture.Statistics.IsPaused);
        fixture.Upstream.Inner.Fault.SetAll(null);
        await fixture.EmptiesAsync();

        Assert.Equal(600, fixture.Upstream.Inner.Count);
        Assert.False(fixture.Statistics.IsPaused);
    }

    [Fact]
    public async Task Orders_ThatTheMachineSleptOver_GetTheirTry()
    {
        await using var fixture = await OpenAsync(options => options with { QueueMaxAge = TimeSpan.FromHours(1) });
        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Unavailable);
        await fixture.WriteAsync("a");
        await fixture.Queue.DisposeAsync();
        fixture.Clock.Advance(TimeSpan.FromDays(3));
        fixture.Upstream.Inner.Fault.SetAll(null);

        await fixture.ReopenAsync(options => options with { QueueMaxAge = TimeSpan.FromHours(1) });
        await fixture.EmptiesAsync();

        Assert.Equal(1, fixture.Statistics.Uploaded);
    }

    [Fact]
    public async Task Order_ThatFailsAlone_DoesNotHoldUpTheOthers()
    {
        await using var fixture = await OpenAsync();
        fixture.Upstream.Before = (id, _) => id == Id("bad") ? throw new IOException("poison") : Task.CompletedTask;
        await fixture.WriteAsync("bad");
        for (var i = 0; i < 500; i++)
        {
            await fixture.WriteAsync($"{i}");
        }

        await fixture.UntilAsync(() => fixture.Statistics is { Uploaded: 500, Depth: 1 });
        fixture.Upstream.Before = null;
        await fixture.EmptiesAsync();

        Assert.NotNull(fixture.Upstream.Inner.Find(Id("bad")));
    }

    [Fact]
    public async Task Crash_AtAnyPoint_LosesNoOrder()
    {
        await using var fixture = await OpenAsync();
        TaskCompletionSource release = new();
        fixture.Upstream.Before = (_, token) => release.Task.WaitAsync(token);
        for (var i = 0; i < 300; i++)
        {
            await fixture.WriteAsync($"{i}");
        }

        await fixture.UntilAsync(() => fixture.Upstream.MostRunning == 4);
        fixture.Folder = fixture.CopyFolder();
        await fixture.Queue.DisposeAsync();
        fixture.Upstream.Before = null;
        await fixture.ReopenAsync();
        await fixture.EmptiesAsync();

        Assert.Equal(300, fixture.Upstream.Inner.Count);
        Assert.Equal(300, fixture.Statistics.Uploaded);
    }

    [Fact]
    public async Task Stop_WithADeadline_EndsWhatWasBegunAndKeepsTheRest()
    {
        await using var fixture = await OpenAsync(options => options with { Workers = 2 });
        TaskCompletionSource release = new();
        fixture.Upstream.Before = (_, token) => release.Task.WaitAsync(token);
        for (var i = 0; i < 10; i++)
        {
            await fixture.WriteAsync($"{i}");
        }

        await fixture.UntilAsync(() => fixture.Upstream.MostRunning == 2);
        var stopped = fixture.Queue.StopAsync(default);
        release.SetResult();
        await stopped;

        Assert.Equal((2, 8L), (fixture.Upstream.Inner.Count, fixture.Statistics.Depth));
        await fixture.ReopenAsync();
        await fixture.EmptiesAsync();
        Assert.Equal(10, fixture.Upstream.Inner.Count);
    }

    [Fact]
    public async Task Stop_AtItsDeadline_BreaksOffWhatHangs()
    {
        await using var fixture = await OpenAsync();
        fixture.Upstream.Before = (_, token) => Task.Delay(Timeout.Infinite, token);
        await fixture.WriteAsync("a");
        await fixture.UntilAsync(() => fixture.Upstream.MostRunning == 1);

        using CancellationTokenSource deadline = new();
        var stopped = fixture.Queue.StopAsync(deadline.Token);
        Assert.False(stopped.IsCompleted);
        await deadline.CancelAsync();
        await stopped;

        Assert.Equal(1, fixture.Statistics.Depth);
    }

    [Theory]
    [InlineData("CURRENT")]
    [InlineData("MANIFEST")]
    public async Task Database_ThatIsDamaged_IsSetAsideAndReported(string file)
    {
        await using var fixture = await OpenAsync();
        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Unavailable);
        await fixture.WriteAsync("a");
        await fixture.Queue.DisposeAsync();
        var damaged = Directory.GetFiles(fixture.Folder).First(path => Path.GetFileName(path).StartsWith(
            file, StringComparison.Ordinal));
        await File.WriteAllBytesAsync(damaged, new byte[100]);
        fixture.Upstream.Inner.Fault.SetAll(null);

        await fixture.ReopenAsync();
        await fixture.WriteAsync("b");
        await fixture.EmptiesAsync();

        Assert.Null(fixture.Queue.Fault);
        Assert.Equal(fixture.Folder + ".damaged", fixture.Queue.SetAside);
        Assert.True(Directory.Exists(fixture.Queue.SetAside));
        Assert.NotNull(fixture.Upstream.Inner.Find(Id("b")));
        Assert.Contains(fixture.Logs.Lines, line => line.Text.Contains("set aside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Folder_ThatCannotBeUsed_IsTriedAgain()
    {
        await using var fixture = new QueueFixture();
        await File.WriteAllTextAsync(fixture.Folder, "in the way");
        await fixture.ReopenAsync();
        await fixture.WriteAsync("a");

        Assert.NotNull(fixture.Queue.Fault);
        Assert.Contains(new("disk", 1), fixture.Statistics.Dropped);
        File.Delete(fixture.Folder);
        fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        await fixture.WriteAsync("b");
        await fixture.EmptiesAsync();

        Assert.Null(fixture.Queue.Fault);
        Assert.NotNull(fixture.Upstream.Inner.Find(Id("b")));
    }

    [Fact]
    public async Task Orders_OfAnUpstreamThatIsGone_AreKeptAWeekThenDropped()
    {
        await using var fixture = await OpenAsync();
        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Unavailable);
        for (var i = 0; i < 600; i++)
        {
            await fixture.WriteAsync($"{i}");
        }

        await fixture.ReopenAsync(options => options with { Name = "other" });
        var orphans = Assert.Single(fixture.Queue.Orphans);
        Assert.Equal(("up", 600L), (orphans.Upstream, orphans.Orders));
        await fixture.ReopenAsync();
        Assert.Equal(600, fixture.Statistics.Depth);
        Assert.Equal("other", Assert.Single(fixture.Queue.Orphans).Upstream);

        await fixture.ReopenAsync(options => options with { Name = "other" });
        fixture.Clock.Advance(TimeSpan.FromDays(6));
        Assert.Single(fixture.Queue.Orphans);
        fixture.Clock.Advance(TimeSpan.FromDays(2));
        await fixture.UntilAsync(() => fixture.Queue.Orphans.Count == 0);

        await fixture.ReopenAsync();
        Assert.Equal(0, fixture.Statistics.Depth);
    }
}
