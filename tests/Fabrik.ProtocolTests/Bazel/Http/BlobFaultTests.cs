using Fabrik.Cache;
using Fabrik.ProtocolTests.Serving;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Http;

/// <summary>Every kind of fault of blobs: Bazel tries the passing ones again, and builds anew what is lost.</summary>
public sealed class BlobFaultTests : IAsyncLifetime
{
    private static readonly byte[] Blob = new byte[10_000];
    private static readonly string Path = BazelPaths.Of(Blob);

    private RunningServer _server = null!;

    public static TheoryData<CacheErrorKind> Kinds => [.. Enum.GetValues<CacheErrorKind>()];

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Read_WithAFault_IsAMissOnlyIfTheBlobIsLost(CacheErrorKind kind)
    {
        await _server.StatusAsync("PUT", Path, Blob);
        _server.Tier.Fault.SetAll(kind);
        var expected = kind is CacheErrorKind.Damaged or CacheErrorKind.Denied or CacheErrorKind.ReadOnly
            ? 404
            : StatusOf(kind);

        Assert.Equal(expected, await _server.StatusAsync("GET", Path));
        Assert.Equal(expected, await _server.StatusAsync("HEAD", Path));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Write_WithAFault_SaysWhatItIs(CacheErrorKind kind)
    {
        _server.Tier.Fault.SetAll(kind);

        Assert.Equal(StatusOf(kind), await _server.StatusAsync("PUT", Path, Blob));

        _server.Tier.Fault.SetAll(null);
        Assert.Equal(404, await _server.StatusAsync("GET", Path));
    }

    [Fact]
    public async Task Disk_ThatIsFullOnTheWay_IsToldAndNothingIsStored()
    {
        _server.Tier.FullAfter = 5000;

        Assert.Equal(507, await _server.StatusAsync("PUT", Path, Blob));
        Assert.Equal(0, _server.Tier.Count);
    }

    private static int StatusOf(CacheErrorKind kind) => kind switch
    {
        CacheErrorKind.InvalidRequest or CacheErrorKind.Incomplete or CacheErrorKind.DigestMismatch => 400,
        CacheErrorKind.ReadOnly or CacheErrorKind.Denied => 403,
        CacheErrorKind.Conflict => 409,
        CacheErrorKind.TooLarge => 413,
        CacheErrorKind.Damaged or CacheErrorKind.Io => 500,
        CacheErrorKind.StorageFull => 507,
        _ => 503,
    };
}
