using Fabrik.Cache;
using Fabrik.ProtocolTests.HttpUpstream;
using Fabrik.Testing;
using Fabrik.Testing.GitHubCache;
using Fabrik.Upstreams.Ci;
using Fabrik.Upstreams.GitHubActions;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.ProtocolTests.GitHubActions;

/// <summary>Objects in the cache of GitHub Actions, against the double of its service.</summary>
public sealed class GitHubStoreTests : IAsyncLifetime
{
    private const int BlockSize = 10_000;

    private readonly TestClock _clock = new();
    private GitHubCacheServer _server = null!;
    private GitHubObjectStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await GitHubCacheServer.StartAsync(_clock);
        _store = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(1, "Put Blob")]
    [InlineData(BlockSize, "Put Blob")]
    [InlineData(BlockSize + 1, "Put Block,Put Block,Put Block List")]
    [InlineData(3 * BlockSize, "Put Block,Put Block,Put Block,Put Block List")]
    public async Task Object_ComesBackAsItWent(int length, string uploads)
    {
        var expected = StoreProbe.Bytes(length);
        Assert.Null(await _store.ReadAsync(StoreProbe.Key));
        Assert.False(await _store.ExistsAsync(StoreProbe.Key));
        _server.Calls.Clear();

        StoreProbe.IsTrue(await _store.PutAsync(StoreProbe.Key, expected, ifAbsent: true));

        Assert.Equal($"CreateCacheEntry,{uploads},FinalizeCacheEntryUpload", string.Join(',', _server.Calls));
        Assert.True(await _store.ExistsAsync(StoreProbe.Key));
        Assert.Equal(expected, await _store.ReadAsync(StoreProbe.Key));
        Assert.Equal(expected[(length / 2)..], await _store.ReadAsync(StoreProbe.Key, length / 2));
        Assert.Empty((await _store.ReadAsync(StoreProbe.Key, length))!);
    }

    [Fact]
    public async Task Entry_HasTheNameThatOthersAgreeOn()
    {
        await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10));

        // Printed by: printf 'fabrik object 1' | sha256sum
        var (version, key) = _server.Entries.Keys.Single();
        Assert.Equal($"fabrik/{StoreProbe.Key}", key);
        Assert.Equal("1681a892a5ab3f459b51c30535a9f3a68334af9da926965ef8877cad6038f1b1", version);
    }

    [Fact]
    public async Task Questions_AboutWhatWasFound_AreNotAskedTwice()
    {
        await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10));
        Assert.True(await _store.ExistsAsync(StoreProbe.Key));
        _server.Calls.Clear();

        Assert.True(await _store.ExistsAsync(StoreProbe.Key));
        await _store.ReadAsync(StoreProbe.Key);
        await _store.ReadAsync(StoreProbe.Key);

        Assert.Equal("Get Blob,Get Blob", string.Join(',', _server.Calls));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Entry_ThatIsThere_Stays(bool ifAbsent)
    {
        var expected = StoreProbe.Bytes(100);
        StoreProbe.IsTrue(await _store.PutAsync(StoreProbe.Key, expected));

        StoreProbe.Is(false, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(200), ifAbsent));

        Assert.Equal(expected, await _store.ReadAsync(StoreProbe.Key));
    }

    [Fact]
    public async Task Entry_WithALongerKey_IsAMiss()
    {
        StoreProbe.IsTrue(await _store.PutAsync("ab/abcdef", StoreProbe.Bytes(100)));

        Assert.Null(await _store.ReadAsync("ab/abc"));
        Assert.False(await _store.ExistsAsync("ab/abc"));
    }

    [Fact]
    public async Task Reservation_OfAnUploadThatNeverEnded_IsAConflict()
    {
        _server.Intercept = static (call, context) => Task.FromResult(Fail(context, call == "Put Blob", 500));
        StoreProbe.Fails(CacheErrorKind.Unavailable, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100)));
        _server.Intercept = static (_, _) => Task.FromResult(false);

        var error = StoreProbe.Fails(
            CacheErrorKind.Conflict, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100)));

        Assert.False(error.Retryable);
        Assert.Null(await _store.ReadAsync(StoreProbe.Key));
    }

    [Fact]
    public async Task Url_ThatHasEnded_IsAskedForAgain()
    {
        _server.Blobs.Lifetime = TimeSpan.FromMinutes(1);
        await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100));
        await _store.ReadAsync(StoreProbe.Key);
        _clock.Advance(TimeSpan.FromMinutes(2));
        _server.Calls.Clear();

        Assert.Equal(StoreProbe.Bytes(100), await _store.ReadAsync(StoreProbe.Key));

        Assert.Equal("Get Blob,GetCacheEntryDownloadURL,Get Blob", string.Join(',', _server.Calls));
    }

    [Fact]
    public async Task Url_ThatNeverHolds_IsAskedForOnce()
    {
        await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100));
        _server.Blobs.Lifetime = TimeSpan.FromMinutes(-1);

        var error = await _store.GetErrorAsync(StoreProbe.Key);

        Assert.Equal(CacheErrorKind.Denied, error.Kind);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_WithAUrlThatHasEnded_IsDenied()
    {
        _server.Blobs.Lifetime = TimeSpan.FromMinutes(-1);

        var error = StoreProbe.Fails(
            CacheErrorKind.Denied, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(3 * BlockSize)));

        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("FinalizeCacheEntryUpload", _server.Calls, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Entry_WhoseBytesWereEvicted_IsAMiss()
    {
        await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100));
        Assert.True(await _store.ExistsAsync(StoreProbe.Key));
        _server.Blobs.Remove(_server.Blobs.Names.Single());
        _server.Entries.Clear();

        Assert.Null(await _store.ReadAsync(StoreProbe.Key));
        Assert.False(await _store.ExistsAsync(StoreProbe.Key));
    }

    [Fact]
    public async Task Delete_IsNothingThatAJobMay() =>
        StoreProbe.Fails(CacheErrorKind.ReadOnly, await _store.DeleteAsync(StoreProbe.Key, CancellationToken.None));

    [Fact]
    public async Task Key_ThatTheServiceRefuses_IsNotSent()
    {
        StoreProbe.Fails(CacheErrorKind.InvalidRequest, await _store.PutAsync("a,b", StoreProbe.Bytes(1)));
        Assert.Equal(CacheErrorKind.InvalidRequest, (await _store.GetErrorAsync(new string('a', 600))).Kind);
        Assert.Empty(_server.Calls);
    }

    [Fact]
    public async Task Object_AboveTheLimit_IsNotSent()
    {
        await using var store = Open(static options => options with { MaxSize = 99 });

        StoreProbe.Fails(CacheErrorKind.TooLarge, await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100)));

        Assert.Empty(_server.Calls);
    }

    [Fact]
    public async Task Token_WithoutWriteScope_MakesTheStoreReadOnly()
    {
        StoreProbe.IsTrue(await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100)));
        _server.MayWrite = false;

        StoreProbe.Fails(CacheErrorKind.ReadOnly, await _store.PutAsync("ab/new", StoreProbe.Bytes(100)));
        _server.Calls.Clear();
        StoreProbe.Fails(CacheErrorKind.ReadOnly, await _store.PutAsync("ab/new", StoreProbe.Bytes(100)));

        Assert.Empty(_server.Calls);
        Assert.Equal(StoreProbe.Bytes(100), await _store.ReadAsync(StoreProbe.Key));
    }

    [Fact]
    public async Task Token_WithoutReadScope_IsDenied()
    {
        _server.MayRead = false;

        var error = await _store.GetErrorAsync(StoreProbe.Key);

        Assert.Equal(CacheErrorKind.Denied, error.Kind);
        Assert.Contains("may not read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_ThatIsAnother_IsDenied()
    {
        _server.Token = "another";

        Assert.Equal(CacheErrorKind.Denied, (await _store.GetErrorAsync(StoreProbe.Key)).Kind);
        StoreProbe.Fails(CacheErrorKind.Denied, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100)));
    }

    [Fact]
    public async Task Token_ThatHasEndedLongAgo_IsNotSent()
    {
        await using var store = Open(options => options with { ExpiresAt = _clock.GetUtcNow() });
        Assert.Null(await store.ReadAsync(StoreProbe.Key));
        _clock.Advance(TimeSpan.FromMinutes(15));
        _server.Calls.Clear();

        Assert.Equal(CacheErrorKind.Denied, (await store.GetErrorAsync(StoreProbe.Key)).Kind);
        Assert.Empty(_server.Calls);
    }

    private static bool Fail(HttpContext context, bool when, int status)
    {
        context.Response.StatusCode = when ? status : context.Response.StatusCode;
        return when;
    }

    private GitHubObjectStore Open(Func<GitHubCacheOptions, GitHubCacheOptions>? change = null)
    {
        var options = CiDetection.Detect(_server.Variable)!.GitHub! with { Time = _clock, BlockSize = BlockSize };
        return new GitHubObjectStore(change?.Invoke(options) ?? options);
    }
}
