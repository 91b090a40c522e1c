using Fabrik.Cache;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>Every kind of fault at every door: what the tool hears keeps its build going.</summary>
public sealed class FaultMatrixTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public static MatrixTheoryData<string, CacheErrorKind> Matrix => new(Doors.Paths, Enum.GetValues<CacheErrorKind>());

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Read_WithAFault_IsAnsweredInTheSafeSet(string path, CacheErrorKind kind)
    {
        await _server.StatusAsync("PUT", path, [1, 2, 3]);
        _server.Tier.Fault.SetAll(kind);

        var expected = IsPlain(path) ? PlainRead(kind) : 404;
        Assert.Equal(expected, await _server.StatusAsync("GET", path));
        Assert.Equal(expected, await _server.StatusAsync("HEAD", path));

        _server.Tier.Fault.SetAll(null);
        Assert.Equal(200, await _server.StatusAsync("GET", path));
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Write_WithAFault_IsAnsweredInTheSafeSet(string path, CacheErrorKind kind)
    {
        _server.Tier.Fault.SetAll(kind);

        Assert.Equal(ExpectedWrite(path, kind), await _server.StatusAsync("PUT", path, new byte[100_000]));

        _server.Tier.Fault.SetAll(null);
        Assert.Equal(404, await _server.StatusAsync("GET", path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Damage_BeforeTheFirstByte_IsAMiss(string path)
    {
        await _server.StatusAsync("PUT", path, [1, 2, 3]);
        _server.Tier.Form = ArtifactForm.Copied;
        _server.Tier.DamagedAfter = 0;

        using var response = await _server.SendAsync("GET", path);

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Null(response.Headers.ETag);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Damage_AfterTheFirstByte_BreaksTheConnectionOff(string path)
    {
        await _server.StatusAsync("PUT", path, new byte[100_000]);
        _server.Tier.Form = ArtifactForm.Copied;
        _server.Tier.DamagedAfter = 50_000;

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _server.Client.GetByteArrayAsync(path));
    }

    public static TheoryData<string> Paths => Doors.All;

    private static bool IsPlain(string path) =>
        path is Doors.Http or Doors.Cache or Doors.Ccache or Doors.Webdav;

    private static int ExpectedWrite(string path, CacheErrorKind kind) => path switch
    {
        Doors.Gradle => 413,
        Doors.Nx => 409,
        Doors.Turborepo => kind == CacheErrorKind.TooLarge ? 413 : 412,
        _ => PlainWrite(kind),
    };

    private static int PlainRead(CacheErrorKind kind) =>
        kind is CacheErrorKind.Damaged or CacheErrorKind.Denied or CacheErrorKind.ReadOnly ? 404 : PlainWrite(kind);

    private static int PlainWrite(CacheErrorKind kind) => kind switch
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
