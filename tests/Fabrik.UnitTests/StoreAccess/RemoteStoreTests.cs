using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.StoreAccess;
using Xunit;

namespace Fabrik.UnitTests.StoreAccess;

/// <summary>Both ends of the control socket, over a real socket file.</summary>
public sealed class RemoteStoreTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statistics_OverTheSocket_AreTheStoresOwn()
    {
        await using ControlFixture control = await ControlFixture.StartAsync();
        await control.PutAsync("gradle", "a", 100);
        await control.PutAsync("nx", "b", 200_000);
        StoreStatistics remote = (await control.Remote.StatisticsAsync(Ended)).Value!;
        StoreStatistics local = control.Store.Statistics;
        Assert.Equal(local with { ByTool = remote.ByTool }, remote);
        Assert.Equal(new ToolUsage(1, 200_000), remote.ByTool["nx"]);
        Assert.Equal(2, remote.ByTool.Count);
    }

    [Fact]
    public async Task List_OverTheSocket_IsTheListOfTheStore()
    {
        await using ControlFixture control = await ControlFixture.StartAsync();
        for (int i = 0; i < 50; i++)
        {
            await control.PutAsync("gradle", $"key \"{i}\"\n\u00e4", i);
        }

        OpenStore open = new(control.Store, TimeProvider.System);
        List<StoreEntry> local = await AllAsync(open, new EntryFilter());
        Assert.Equal(50, local.Count);
        Assert.Equal(local, await AllAsync(control.Remote, new EntryFilter()));
    }

    [Fact]
    public async Task List_WithToolAndLimit_IsCut()
    {
        await using ControlFixture control = await ControlFixture.StartAsync();
        for (int i = 0; i < 6; i++)
        {
            await control.PutAsync(i % 2 == 0 ? "gradle" : "nx", $"key-{i}", 10);
        }

        List<StoreEntry> nx = await AllAsync(control.Remote, new EntryFilter { Tool = "nx" });
        List<StoreEntry> two = await AllAsync(control.Remote, new EntryFilter { Tool = "gradle", Limit = 2 });
        Assert.Equal(3, nx.Count);
        Assert.All(nx, entry => Assert.Equal("nx", entry.Tool));
        Assert.Equal(2, two.Count);
    }

    [Fact]
    public async Task Clean_OfOneTool_LeavesTheOthers()
    {
        await using ControlFixture control = await ControlFixture.StartAsync();
        await control.PutAsync("gradle", "a", 10);
        for (int i = 0; i < 150; i++)
        {
            await control.PutAsync("nx", $"b{i}", 10);
        }

        CleanReport report = (await control.Remote.CleanAsync(new CleanRequest { Tool = "nx" }, Ended)).Value!;
        Assert.Equal(150, report.Entries);
        Assert.Equal(1, control.Store.Statistics.Entries);
    }

    [Fact]
    public async Task Clean_OfWhatIsUnused_GoesByTheAge()
    {
        await using ControlFixture control = await ControlFixture.StartAsync();
        await control.PutAsync("gradle", "a", 10);
        CleanReport young = (await control.Remote.CleanAsync(
            new CleanRequest { UnusedFor = TimeSpan.FromHours(1) }, Ended)).Value!;
        CleanReport any = (await control.Remote.CleanAsync(
            new CleanRequest { UnusedFor = TimeSpan.Zero }, Ended)).Value!;
        Assert.Equal((0, 1), (young.Entries, any.Entries));
    }

    [Fact]
    public async Task Clean_DownToASize_EvictsByThePolicy()
    {
        await using ControlFixture control = await ControlFixture.StartAsync();
        for (int i = 0; i < 10; i++)
        {
            await control.PutAsync("gradle", $"a{i}", 100_000);
        }

        CleanReport report = (await control.Remote.CleanAsync(new CleanRequest { KeepBytes = 450_000 }, Ended)).Value!;
        Assert.InRange(report.StoredBytes, 1, 450_000);
        Assert.Equal(10 - report.Entries, control.Store.Statistics.Entries);
    }

    [Fact]
    public async Task Clean_OfEverything_LeavesNothing()
    {
        await using ControlFixture control = await ControlFixture.StartAsync();
        await control.PutAsync("gradle", "a", 100_000);
        CleanReport report = (await control.Remote.CleanAsync(new CleanRequest(), Ended)).Value!;
        Assert.Equal(new CleanReport(1, 0), report);
        Assert.Equal(0, control.Store.Statistics.Entries);
    }

    [Fact]
    public async Task Verify_OverTheSocket_TellsProgressAndFindings()
    {
        await using ControlFixture control = await ControlFixture.StartAsync();
        await control.PutAsync("gradle", "a", 100_000);
        await control.PutAsync("gradle", "b", 100_000);
        string damaged = Directory.GetFiles(
            Path.Join(control.Folder, "blobs"), "*", SearchOption.AllDirectories)[0];
        await File.WriteAllBytesAsync(damaged, [1, 2, 3], Ended);
        Steps steps = new();
        VerifyReport report = (await control.Remote.VerifyAsync(steps, Ended)).Value!;
        Assert.Equal((2, 1), (report.Entries, report.Damaged));
        Assert.NotEmpty(steps.Seen);
        Assert.Equal(1, control.Store.Statistics.Entries);
    }

    [Fact]
    public async Task Failures_OverTheSocket_KeepKindAndSentence()
    {
        await using ControlFixture control = await ControlFixture.StartAsync(new FailingStore());
        CacheError clean = (await control.Remote.CleanAsync(new CleanRequest(), Ended)).Error!;
        CacheError verify = (await control.Remote.VerifyAsync(new Steps(), Ended)).Error!;
        CacheError statistics = (await control.Remote.StatisticsAsync(Ended)).Error!;
        CacheError expected = FailingStore.Error;
        Assert.All(
            [clean, verify, statistics],
            error => Assert.Equal((expected.Kind, expected.Message), (error.Kind, error.Message)));
    }

    [Fact]
    public async Task List_ThatFailsInTheMiddle_IsNoShortList()
    {
        await using ControlFixture control = await ControlFixture.StartAsync(new FailingStore());
        await Assert.ThrowsAsync<StoreAccessException>(() => AllAsync(control.Remote, new EntryFilter()));
    }

    [Fact]
    public async Task List_ThatFailsAtOnce_IsNoEmptyList()
    {
        await using ControlFixture control = await ControlFixture.StartAsync(new FailingStore());
        await Assert.ThrowsAsync<StoreAccessException>(
            () => AllAsync(control.Remote, new EntryFilter { Tool = FailingStore.ToolThatFailsAtOnce }));
    }

    [Fact]
    public async Task Anything_WithNobodyAtTheSocket_IsUnavailable()
    {
        await using RemoteStore remote = new(Path.Join(Path.GetTempPath(), "fabrik-nobody.sock"));
        CacheError error = (await remote.StatisticsAsync(Ended)).Error!;
        Assert.Equal(CacheErrorKind.Unavailable, error.Kind);
        await Assert.ThrowsAsync<StoreAccessException>(() => AllAsync(remote, new EntryFilter()));
        await Assert.ThrowsAsync<StoreAccessException>(() => remote.VerifyAsync(new Steps(), Ended).AsTask());
    }

    private static async Task<List<StoreEntry>> AllAsync(IStoreAccess store, EntryFilter filter)
    {
        List<StoreEntry> entries = [];
        await foreach (StoreEntry entry in store.ListAsync(filter, Ended))
        {
            entries.Add(entry);
        }

        return entries;
    }

    private sealed class Steps : IProgress<VerifyProgress>
    {
        public List<VerifyProgress> Seen { get; } = [];

        public void Report(VerifyProgress value) => Seen.Add(value);
    }
}
