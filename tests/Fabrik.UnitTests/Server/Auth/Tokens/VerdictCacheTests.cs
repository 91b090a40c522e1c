using System.Security.Cryptography;
using Fabrik.Server.Auth;
using Fabrik.Server.Auth.Tokens;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Tokens;

public sealed class VerdictCacheTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(AuthFixture.Start);
    private static readonly Verdict Good = new(CachePrincipal.Anonymous, Now.AddHours(1));

    private readonly AuthFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Expiry_OfARememberedToken_IsKeptToTheSecond()
    {
        var authentication = await _fixture.CreateAsync(AuthFixture.Options);
        var request = AuthFixture.Bearer(Forge.Rs256(Forge.Claims(expires: 100)));
        var first = Expect.LetIn(authentication.Authenticate(request));
        Assert.Same(first, Expect.LetIn(authentication.Authenticate(request)));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(159));
        Assert.Same(first, Expect.LetIn(authentication.Authenticate(request)));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Expect.Refused(AuthFailure.Expired, authentication.Authenticate(request));
        Expect.Refused(AuthFailure.Expired, authentication.Authenticate(request));
    }

    [Fact]
    public async Task Expiry_ClockSetForward_HoldsAtOnce()
    {
        var authentication = await _fixture.CreateAsync(AuthFixture.Options);
        var request = AuthFixture.Bearer(Forge.Rs256(Forge.Claims(expires: 100)));
        Expect.LetIn(authentication.Authenticate(request));
        _fixture.Clock.Jump(Now.AddDays(1));
        Expect.Refused(AuthFailure.Expired, authentication.Authenticate(request));
    }

    [Fact]
    public async Task Token_OneBitFromARememberedOne_IsVerifiedAnew()
    {
        var authentication = await _fixture.CreateAsync(AuthFixture.Options);
        var token = Forge.Es256(Forge.Claims());
        Expect.LetIn(authentication.Authenticate(AuthFixture.Bearer(token)));
        var parts = token.Split('.');
        var admin = Forge.Encode(Forge.Claims().Replace("cache:read", "admin"));
        Expect.Refused(
            AuthFailure.BadSignature,
            authentication.Authenticate(AuthFixture.Bearer($"{parts[0]}.{admin}.{parts[2]}")));
    }

    [Fact]
    public async Task RefusedToken_IsNotRemembered_SoItIsLetInOnceItIsValid()
    {
        var authentication = await _fixture.CreateAsync(AuthFixture.Options);
        var request = AuthFixture.Bearer(Forge.Rs256(Forge.Claims($",\"nbf\":{AuthFixture.Start + 90}")));
        Expect.Refused(AuthFailure.NotYetValid, authentication.Authenticate(request));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30));
        Expect.LetIn(authentication.Authenticate(request));
    }

    [Fact]
    public async Task Token_SeenBefore_IsDecidedWithoutAllocating()
    {
        var authentication = await _fixture.CreateAsync(AuthFixture.Options);
        var request = AuthFixture.Bearer(Forge.Rs256(Forge.Claims()));
        Expect.LetIn(authentication.Authenticate(request));

        // The least of a few rounds: other tests may listen to the metrics for a while.
        var least = Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                authentication.Authenticate(request);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(8, 8)]
    [InlineData(100, 104)]
    public void Add_MoreThanFit_StaysWithinTheCapacity(int asked, int capacity)
    {
        VerdictCache cache = new(asked);
        Assert.Equal(capacity, cache.Capacity);
        for (var i = 0; i < 50 * capacity; i++)
        {
            cache.Add(Digest(i), Good, Now);
        }

        Assert.InRange(cache.Count, 1, capacity);
        Assert.True(cache.TryGet(Digest((50 * capacity) - 1), out _), "the last one added is there");
    }

    [Fact]
    public void Add_Again_ReplacesTheVerdict()
    {
        VerdictCache cache = new(8);
        var digest = Digest(1);
        cache.Add(digest, Good, Now);
        var later = Good with { NotAfter = Now.AddHours(2) };
        cache.Add(digest, later, Now);
        Assert.Equal(1, cache.Count);
        Assert.True(cache.TryGet(digest, out var found));
        Assert.Equal(later, found);
    }

    [Fact]
    public void Add_FullOfExpiredVerdicts_GivesThemUpFirst()
    {
        VerdictCache cache = new(8);
        for (var i = 0; i < 8; i++)
        {
            cache.Add(Digest(i), Good with { NotAfter = i == 5 ? Now : Now.AddHours(1) }, Now);
        }

        cache.Add(Digest(8), Good, Now);
        Assert.False(cache.TryGet(Digest(5), out _), "the expired one is gone");
        Assert.All(Enumerable.Range(0, 9).Where(i => i != 5), i => Assert.True(cache.TryGet(Digest(i), out _)));
    }

    [Fact]
    public void Add_OneTokenIsInUse_OutlivesThoseThatAreNot()
    {
        VerdictCache cache = new(8);
        cache.Add(Digest(0), Good, Now);
        for (var i = 1; i < 500; i++)
        {
            Assert.True(cache.TryGet(Digest(0), out _), $"gone before token {i}");
            cache.Add(Digest(i), Good, Now);
        }
    }

    [Fact]
    public void Everything_FromManyThreads_FindsOnlyWhatWasPutThere()
    {
        VerdictCache cache = new(64);
        var principals = Enumerable.Range(0, 300)
            .Select(i => new CachePrincipal { Subject = $"{i}", Permissions = Permissions.Read }).ToArray();
        Parallel.For(0, 4, worker =>
        {
            for (var i = 0; i < 3000; i++)
            {
                var number = ((i * 7) + worker) % principals.Length;
                var digest = Digest(number);
                if (cache.TryGet(digest, out var verdict))
                {
                    Assert.Same(principals[number], verdict.Principal);
                }
                else
                {
                    cache.Add(digest, new Verdict(principals[number], Now.AddHours(1)), Now);
                }
            }
        });
        Assert.InRange(cache.Count, 1, 64);
    }

    [Fact]
    public void Capacity_NotPositive_IsABug() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new VerdictCache(0));

    private static byte[] Digest(int number) => SHA256.HashData(BitConverter.GetBytes(number));
}
