using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Xunit;

namespace Fabrik.MemcachedTests.Destinations;

public sealed class PoolDestinationTests
{
    private const int Keys = 500;

    private static readonly ServerOptions[] Four =
        [new("10.0.0.1"), new("10.0.0.2"), new("10.0.0.3"), new("10.0.0.4")];

    private static readonly ServerOptions Impossible = new("10.0.0.5");

    private readonly TurnLoop _loop = new();

    [Fact]
    public async Task SendAsync_OfAKey_GoesToTheSameServerEachTime()
    {
        var pool = Pool(DeadServerPolicy.KeepInRing);

        var first = await OwnersAsync(pool);

        Assert.Equal(first, await OwnersAsync(pool));
        Assert.Equal([0, 1, 2, 3], first.Distinct().Order());
    }

    [Fact]
    public async Task SendAsync_WhereADeadServerIsKept_StillGoesThere()
    {
        var pool = Pool(DeadServerPolicy.KeepInRing);
        var before = await OwnersAsync(pool);
        Server(pool, 1).IsUsable = false;
        _loop.Now++;

        Assert.Equal(before, await OwnersAsync(pool));
    }

    [Fact]
    public async Task SendAsync_WhereKeysAreHashedAgain_AvoidsTheDeadServerUntilItIsBack()
    {
        var pool = Pool(DeadServerPolicy.Rehash);
        var before = await OwnersAsync(pool);
        Server(pool, 1).IsUsable = false;
        _loop.Now++;

        var without = await OwnersAsync(pool);
        Server(pool, 1).IsUsable = true;
        _loop.Now++;
        var after = await OwnersAsync(pool);

        Assert.DoesNotContain(1, without);
        Assert.All(Enumerable.Range(0, Keys).Where(i => before[i] != 1), i => Assert.Equal(before[i], without[i]));
        Assert.Equal(before, after);
        Assert.Equal(2, pool.Counters.Rehashes);
    }

    [Fact]
    public async Task SendAsync_WhileOneReturnsAndAnotherDies_AvoidsTheDeadOne()
    {
        var pool = Pool(DeadServerPolicy.Rehash);
        Server(pool, 1).IsUsable = false;
        _loop.Now++;
        await OwnersAsync(pool);
        (Server(pool, 1).IsUsable, Server(pool, 1).TakesKeys) = (true, false);
        _loop.Now++;
        Assert.DoesNotContain(1, await OwnersAsync(pool));

        Server(pool, 2).IsUsable = false;
        _loop.Now++;

        Assert.DoesNotContain(2, await OwnersAsync(pool));
    }

    [Fact]
    public async Task SetServers_OfWhichOneCannotBeMade_ChangesNothing()
    {
        var pool = Pool(DeadServerPolicy.Rehash);
        var before = await OwnersAsync(pool);

        Assert.Throws<IOException>(() => pool.SetServers([Four[2], Impossible, new("10.0.0.7"), Four[0], Four[1]]));

        Assert.Equal(Four, pool.Options);
        Assert.Equal(before, await OwnersAsync(pool));
        Assert.All(pool.Servers, static s => Assert.False(((RecordingDestination)s.Destination).IsRetired));
    }

    [Fact]
    public async Task SendAsync_WhereAllAreDead_GoesWhereKeysBelong()
    {
        var pool = Pool(DeadServerPolicy.Rehash);
        var before = await OwnersAsync(pool);
        foreach (var server in pool.Servers)
        {
            ((RecordingDestination)server.Destination).IsUsable = false;
        }

        _loop.Now++;

        Assert.Equal(before, await OwnersAsync(pool));
    }

    [Fact]
    public async Task SendAsync_WithAGutter_SendsTheKeysOfADeadServerThere()
    {
        var gutter = new RecordingDestination("gutter");
        var pool = Pool(DeadServerPolicy.Gutter, gutter);
        var before = await OwnersAsync(pool);
        Server(pool, 2).IsUsable = false;

        var after = await OwnersAsync(pool);

        Assert.Equal(before.Count(static owner => owner == 2), gutter.Requests);
        Assert.Equal(gutter.Requests, pool.Counters.Guttered);
        Assert.Equal(before.Select(static owner => owner == 2 ? -1 : owner), after);
    }

    [Fact]
    public async Task SetServers_WithSomeOfThem_KeepsThoseAndRetiresTheOthers()
    {
        var pool = Pool(DeadServerPolicy.KeepInRing);
        var old = pool.Servers.ToArray();

        pool.SetServers([Four[3], new("10.0.0.9"), Four[0]]);

        Assert.Same(old[3], pool.Servers[0]);
        Assert.Same(old[0], pool.Servers[2]);
        Assert.Equal("10.0.0.9:11211", pool.Servers[1].Destination.Name);
        Assert.Equal(
            [false, true, true, false], old.Select(static s => ((RecordingDestination)s.Destination).IsRetired));
        Assert.Equal([0, 1, 2], (await OwnersAsync(pool)).Distinct().Order());
    }

    [Fact]
    public async Task SetServers_WithNone_FailsEachRequestUntilThereAreSome()
    {
        var pool = Pool(DeadServerPolicy.KeepInRing);

        pool.SetServers([]);
        var reply = await pool.SendAsync(_loop.Get("user:42"));

        Assert.Empty(pool.Servers);
        Assert.True(reply is { IsFailure: true, WasNotSent: true });
        pool.SetServers(Four);
        Assert.Equal([0, 1, 2, 3], (await OwnersAsync(pool)).Distinct().Order());
    }

    [Fact]
    public void Explain_OfAKey_TellsHashPointAndServer()
    {
        var path = new DestinationPath();

        Pool(DeadServerPolicy.KeepInRing).Explain("user:42"u8, path);

        Assert.Matches(
            "^pool: ring Libmemcached, Md5 of the key 0x[0-9a-f]{8}, point 0x[0-9a-f]{8}, "
                + "server 10[.0-9]*:11211 of weight 1$",
            path.Lines[0]);
        Assert.Matches("^  10[.0-9]*:11211 gets user:42$", path.Lines[1]);
    }

    [Fact]
    public void Explain_OfTheOnlyServer_SaysNothingOfRings()
    {
        var pool = Pool(DeadServerPolicy.KeepInRing);
        pool.SetServers([new ServerOptions("10.0.0.9")]);
        var path = new DestinationPath();

        pool.Explain("user:42"u8, path);

        Assert.Equal("pool: server 10.0.0.9:11211", path.Lines[0]);
    }

    [Fact]
    public async Task SendAsync_OfAKey_AllocatesNothing()
    {
        var pool = Pool(DeadServerPolicy.Rehash);
        var request = _loop.Get("user:42");
        await pool.SendAsync(request);
        var before = GC.GetAllocatedBytesForCurrentThread();

        await pool.SendAsync(request);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static RecordingDestination Server(PoolDestination pool, int index) =>
        (RecordingDestination)pool.Servers[index].Destination;

    private PoolDestination Pool(DeadServerPolicy whenDead, Destination? gutter = null)
    {
        var parts = new PoolParts
        {
            Loop = _loop,
            Hashing = new HashingOptions(),
            WhenDead = whenDead,
            Gutter = gutter,
            Connect = static options => options == Impossible
                ? throw new IOException("No authorities.")
                : RecordingDestination.Connect(options),
            Retire = RecordingDestination.Retire,
        };
        return new PoolDestination(parts, Four) { Name = "pool" };
    }

    /// <summary>For each of some keys the index of the server that got it; -1 for none of them.</summary>
    private async Task<int[]> OwnersAsync(PoolDestination pool)
    {
        var owners = new int[Keys];
        for (var i = 0; i < Keys; i++)
        {
            var before = pool.Servers.Select(static s => ((RecordingDestination)s.Destination).Requests).ToArray();
            var request = _loop.Get($"user:{i}");
            await pool.SendAsync(request);
            request.Release();
            owners[i] = Array.FindIndex([.. pool.Servers.Zip(before)], static pair =>
                ((RecordingDestination)pair.First.Destination).Requests > pair.Second);
        }

        return owners;
    }
}
