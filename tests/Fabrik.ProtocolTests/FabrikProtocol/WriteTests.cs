using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.FabrikProtocol;

/// <summary>What becomes of writes: whole and right, or not at all.</summary>
public sealed class WriteTests : IAsyncLifetime
{
    private FabrikHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await FabrikHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task OtherBytes_UnderOneId_AreKeptOrReplacedAsAsked()
    {
        var tier = _host.Connect();
        var id = Artifacts.Id("a");
        await tier.PutAsync(id, [1]);

        Assert.Equal(PutOutcome.Kept, (await tier.PutAsync(id, [2])).Value);
        Assert.Equal([1], await tier.ReadAllAsync(id));

        Assert.Equal(PutOutcome.Stored, (await tier.PutAsync(id, [2], o => o with { Overwrite = true })).Value);
        Assert.Equal([2], await tier.ReadAllAsync(id));
    }

    [Fact]
    public async Task OtherBytes_WithATokenThatMayNotOverwrite_AreKept()
    {
        var id = Artifacts.Id("a");
        var tier = _host.Connect("rw");
        await tier.PutAsync(id, [1]);

        Assert.Equal(PutOutcome.Kept, (await tier.PutAsync(id, [2], o => o with { Overwrite = true })).Value);
    }

    [Fact]
    public async Task SameBytes_OfALargeArtifact_AreNotTakenAgain()
    {
        var tier = _host.Connect();
        var bytes = Artifacts.Bytes(20_000_000);
        await tier.PutAsync(Artifacts.Id("a"), bytes);
        var puts = _host.Tier.Puts;

        Assert.Equal(PutOutcome.Identical, (await tier.PutAsync(Artifacts.Id("a"), bytes)).Value);
        Assert.Equal(PutOutcome.Kept, (await tier.PutAsync(Artifacts.Id("a"), Artifacts.Bytes(19_999_999))).Value);

        Assert.Equal(puts, _host.Tier.Puts);
    }

    [Fact]
    public async Task Bytes_WithoutAnnouncements_AreStored()
    {
        var tier = _host.Connect();

        var result = await tier.PutAsync(
            Artifacts.Id("a"),
            Artifacts.Body([1, 2, 3]),
            new PutOptions { Metadata = Artifacts.Metadata },
            CancellationToken.None);

        Assert.Equal(PutOutcome.Stored, result.Value);
        Assert.Equal([1, 2, 3], await tier.ReadAllAsync(Artifacts.Id("a")));
    }

    [Fact]
    public async Task OtherBytes_ThanAnnounced_AreNotStored()
    {
        var tier = _host.Connect();
        var id = Artifacts.Id("a");

        var result = await tier.PutAsync(
            id, Artifacts.Bytes(100_000), o => o with { ExpectedDigest = Artifacts.DigestOf([1]) });

        Assert.Equal(CacheErrorKind.DigestMismatch, result.Error!.Kind);
        Assert.Equal(CacheErrorSource.Upstream, result.Error.Source);
        Assert.True(await tier.IsMissAsync(id));
    }

    [Theory]
    [InlineData(99_999)]
    [InlineData(100_001)]
    public async Task AnotherSize_ThanAnnounced_IsNotStored(int announced)
    {
        var tier = _host.Connect();
        var id = Artifacts.Id("a");

        var result = await tier.PutAsync(
            id, Artifacts.Bytes(100_000), o => o with { ExpectedSize = announced, ExpectedDigest = null });

        Assert.Equal(CacheErrorKind.Incomplete, result.Error!.Kind);
        Assert.True(await tier.IsMissAsync(id));
    }

    [Fact]
    public async Task LargerArtifact_ThanTheServerTakes_IsRefused()
    {
        var tier = _host.Connect();

        var announced = await tier.PutAsync(
            Artifacts.Id("a"), [1], o => o with { ExpectedSize = FabrikHost.MaxArtifactSize + 1 });
        var came = await tier.PutAsync(
            Artifacts.Id("a"),
            new byte[FabrikHost.MaxArtifactSize + 1],
            o => o with { ExpectedSize = null, ExpectedDigest = null });

        Assert.Equal(CacheErrorKind.Incomplete, announced.Error!.Kind);
        Assert.Equal(CacheErrorKind.TooLarge, came.Error!.Kind);
    }

    [Fact]
    public async Task LargerArtifact_ThanItsOwnLimit_IsNotSent()
    {
        var result = await _host.Connect().PutAsync(Artifacts.Id("a"), new byte[1000], o => o with { MaxSize = 999 });

        Assert.Equal(CacheErrorKind.TooLarge, result.Error!.Kind);
        Assert.Equal(CacheErrorSource.Client, result.Error.Source);
    }

    [Fact]
    public async Task Writer_ThatFails_LeavesNothing()
    {
        var tier = _host.Connect();
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Artifacts.Bytes(50_000));
        await pipe.Writer.CompleteAsync(new IOException("gone"));

        var result = await tier.PutAsync(
            Artifacts.Id("a"), pipe.Reader, new PutOptions { Metadata = Artifacts.Metadata }, CancellationToken.None);

        Assert.Equal(CacheErrorKind.Incomplete, result.Error!.Kind);
        Assert.Equal(CacheErrorSource.Client, result.Error.Source);
        await Wait.UntilAsync(() => _host.Gate.InFlight == 0);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Writer_ThatGivesUp_LeavesNothing()
    {
        var tier = _host.Connect();
        using var ended = new CancellationTokenSource();
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Artifacts.Bytes(50_000));
        var put = tier.PutAsync(
            Artifacts.Id("a"), pipe.Reader, new PutOptions { Metadata = Artifacts.Metadata }, ended.Token).AsTask();
        await Wait.UntilAsync(() => _host.Gate.InFlight == 1);

        await ended.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        await Wait.UntilAsync(() => _host.Gate.InFlight == 0);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Deletion_OfWhatIsThere_SaysSo()
    {
        var tier = _host.Connect();
        await tier.PutAsync(Artifacts.Id("a"), [1]);

        Assert.True((await tier.DeleteAsync(Artifacts.Id("a"), CancellationToken.None)).Value);
        Assert.False((await tier.DeleteAsync(Artifacts.Id("a"), CancellationToken.None)).Value);
        Assert.True(await tier.IsMissAsync(Artifacts.Id("a")));
    }

    [Fact]
    public async Task Metadata_WithTooMuchOfIt_IsRefused()
    {
        var result = await _host.Connect().PutAsync(Artifacts.Id("a"), [1], o => o with
        {
            Metadata = Artifacts.Metadata with { Properties = [new("a", new string('b', 40_000))] },
        });

        Assert.Equal(CacheErrorKind.InvalidRequest, result.Error!.Kind);
    }

    [Fact]
    public async Task LifeTime_OfAnEntry_ReachesTheServer()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"fabrik-protocol-{Guid.NewGuid():n}");
        try
        {
            await using var host = await FabrikHost.StartAsync(folder);
            var tier = host.Connect();
            await tier.PutAsync(Artifacts.Id("a"), [1], o => o with { TimeToLive = TimeSpan.FromDays(1) });

            var info = (await tier.StatAsync(Artifacts.Id("a"), CancellationToken.None)).Value!;

            // The store's clock is a real one, and is looked at for each.
            var life = info.ExpiresAt!.Value - info.CreatedAt;
            Assert.InRange(life, TimeSpan.FromDays(1), TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
