using Fabrik.Cache;
using Fabrik.Testing;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Xunit;

namespace Fabrik.ProtocolTests.FabrikProtocol;

/// <summary>Every kind of failure of the server's store arrives as that kind, as a failure of the upstream.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private FabrikHost _host = null!;

    public static TheoryData<CacheErrorKind> Kinds => [.. Enum.GetValues<CacheErrorKind>()];

    public async ValueTask InitializeAsync() => _host = await FabrikHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Fault_OfTheStore_ArrivesAsItsKind(CacheErrorKind kind)
    {
        var tier = _host.Connect();
        var id = Artifacts.Id("a");
        _host.Tier.Fault.SetAll(kind);

        Check(kind, (await tier.GetAsync(id, CancellationToken.None)).Error);
        Check(kind, (await tier.StatAsync(id, CancellationToken.None)).Error);
        Check(kind, (await tier.ContainsAsync(new[] { id }, new bool[1], CancellationToken.None)).Error);
        Check(kind, (await tier.PutAsync(id, Artifacts.Bytes(300_000))).Error);
        Check(kind, (await tier.DeleteAsync(id, CancellationToken.None)).Error);

        _host.Tier.Fault.SetAll(null);
        Assert.True(await tier.IsMissAsync(id));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Fault_WhileWriting_ArrivesAsItsKind(CacheErrorKind kind)
    {
        _host.Tier.Fault.Put = kind;

        Check(kind, (await _host.Connect().PutAsync(Artifacts.Id("a"), Artifacts.Bytes(5_000_000))).Error);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Fault_OfTheStore_IsNamedInTheTrailer(CacheErrorKind kind)
    {
        _host.Tier.Fault.SetAll(kind);
        using var call = _host.ConnectRaw().AsyncUnaryCall(
            FabrikCacheMethods.Exists, null, default, new ExistsRequest { Hash = new string('0', 64) });

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.NotEqual(StatusCode.OK, failure.StatusCode);
        Assert.NotEqual(StatusCode.NotFound, failure.StatusCode);
        Assert.NotEqual(StatusCode.Unimplemented, failure.StatusCode);
        Assert.Matches("^[a-z_]+$", failure.Trailers.GetValue("fabrik-error")!);
    }

    [Fact]
    public async Task Damage_OnTheWay_EndsTheReadBehindWhatWasGood()
    {
        var tier = _host.Connect();
        var bytes = Artifacts.Bytes(1_000_000);
        await tier.PutAsync(Artifacts.Id("a"), bytes);
        _host.Tier.Form = ArtifactForm.Copied;
        _host.Tier.DamagedAfter = 500_000;

        await using var artifact = await tier.OpenAsync(Artifacts.Id("a"));
        var (result, read) = await artifact.ReadAsync(0, bytes.Length);

        Check(CacheErrorKind.Damaged, result.Error);
        Assert.True(read.Length <= 500_000);
        Assert.Equal(bytes[..read.Length], read);
    }

    [Fact]
    public async Task Damage_BeforeTheFirstByte_IsAFailureOfTheRead()
    {
        var tier = _host.Connect();
        await tier.PutAsync(Artifacts.Id("a"), Artifacts.Bytes(1_000_000));
        _host.Tier.Form = ArtifactForm.Copied;
        _host.Tier.DamagedAfter = 0;

        Check(CacheErrorKind.Damaged, (await tier.GetAsync(Artifacts.Id("a"), CancellationToken.None)).Error);
    }

    [Fact]
    public async Task Server_ThatIsGone_IsUnavailable()
    {
        var tier = _host.Connect();
        await _host.StopAsync();

        var found = await tier.GetAsync(Artifacts.Id("a"), CancellationToken.None);
        var put = await tier.PutAsync(Artifacts.Id("a"), Artifacts.Bytes(300_000));

        Check(CacheErrorKind.Unavailable, found.Error);
        Check(CacheErrorKind.Unavailable, put.Error);
    }

    [Fact]
    public async Task Tier_ThatIsDisposedOf_IsShuttingDown()
    {
        var tier = _host.Connect();
        await tier.DisposeAsync();

        var found = await tier.GetAsync(Artifacts.Id("a"), CancellationToken.None);
        var described = await tier.StatAsync(Artifacts.Id("a"), CancellationToken.None);
        var put = await tier.PutAsync(Artifacts.Id("a"), Artifacts.Bytes(300_000));

        Assert.Equal(CacheErrorKind.ShuttingDown, found.Error!.Kind);
        Assert.Equal(CacheErrorKind.ShuttingDown, described.Error!.Kind);
        Assert.Equal(CacheErrorKind.ShuttingDown, put.Error!.Kind);
    }

    private static void Check(CacheErrorKind kind, CacheError? error)
    {
        Assert.NotNull(error);
        Assert.Equal(kind, error.Kind);
        Assert.Equal(CacheErrorSource.Upstream, error.Source);
        Assert.Contains("layer2", error.Message, StringComparison.Ordinal);
    }
}
