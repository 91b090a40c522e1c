using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached.Hashing;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Servers that keys are spread over. What belongs to a dead server fails there at once, goes to others, or to the
/// gutter, as <see cref="PoolParts.WhenDead"/> says.
/// </summary>
internal sealed class PoolDestination : Destination
{
    private readonly PoolParts _parts;
    private readonly KeyChoice _choice;
    private readonly bool _rehashes;
    private readonly Destination? _gutter;
    private readonly PoolServer _nobody;
    private ServerOptions[] _options = [];
    private PoolServer[] _servers = [];
    private bool[] _usable = [];

    // A ring is looked at where there are two servers or more.
    private IRing _whole = null!;
    private IRing _ring = null!;
    private IRing _before = null!;
    private long _lookedAt = long.MinValue;

    /// <summary>Makes a pool.</summary>
    /// <param name="parts">What it is made of.</param>
    /// <param name="servers">The servers; none where they are yet to be found.</param>
    public PoolDestination(PoolParts parts, IReadOnlyList<ServerOptions> servers)
    {
        _parts = parts;
        _choice = new KeyChoice(parts.Hashing);
        _rehashes = parts.WhenDead == DeadServerPolicy.Rehash;
        _gutter = parts.WhenDead == DeadServerPolicy.Gutter ? parts.Gutter : null;
        _nobody = NoServer.Of(parts.Name, parts.FoundBy ?? "nobody");
        SetServers(servers);
    }

    /// <summary>The servers as they are configured or were found.</summary>
    public IReadOnlyList<ServerOptions> Options => _options;

    /// <summary>The servers, in the same order.</summary>
    public IReadOnlyList<PoolServer> Servers => _options.Length == 0 ? [] : _servers;

    /// <summary>What it has done, and what those of its name did before it.</summary>
    public PoolCounters Counters => _parts.Counters;

    /// <summary>
    /// Takes other servers, on the loop's thread: those that are the same stay as they are, what is no more of the pool
    /// is retired. Where one of them cannot be made, all stays as it was.
    /// </summary>
    /// <param name="servers">The servers; as long as there are none, each request fails at once.</param>
    /// <exception cref="ArgumentException">One of them has no weight.</exception>
    /// <exception cref="IOException">A file of authorities cannot be read.</exception>
    public void SetServers(IReadOnlyList<ServerOptions> servers)
    {
        var whole = servers.Count == 0 ? null! : Rings.Create(_choice.Options, servers);
        var old = _options.Zip(_servers).ToList();
        PoolServer[] connected = servers.Count == 0
            ? [_nobody]
            : [.. servers.Select(options => Take(old, options) ?? _parts.Connect(options))];

        // From here on nothing fails: the ring and the servers belong together.
        (_whole, _ring, _before) = (whole, whole, whole);
        (_options, _servers) = ([.. servers], connected);
        _usable = new bool[_servers.Length];
        Array.Fill(_usable, true);
        _lookedAt = long.MinValue;
        old.ForEach(pair => _parts.Retire(pair.Second));
    }

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        var server = _servers[0];
        if (_servers.Length > 1)
        {
            server = _servers[_choice.Find(CurrentRing(), request.RoutingKey).Member];
            if (_rehashes && !server.Health.Takes(request.RoutingKey))
            {
                // It is back, but does not have all its keys yet: this one stays where it was meanwhile.
                var before = _servers[_choice.Find(_before, request.RoutingKey).Member];
                server = before.Health.IsUsable ? before : server;
            }
        }

        if (_gutter is not null && !server.Health.Takes(request.RoutingKey))
        {
            Counters.Guttered++;
            return _gutter.SendAsync(request);
        }

        return server.Destination.SendAsync(request);
    }

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path)
    {
        if (_options.Length == 0)
        {
            _nobody.Destination.Explain(key, path);
            if (_gutter is not null)
            {
                path.Enter(_gutter, key);
            }

            return;
        }

        var place = _choice.Find(CurrentRing(), key);
        var (server, options) = (_servers[place.Member], _options[place.Member]);
        var isDead = !server.Health.IsUsable;
        var chosen = _options.Length == 1
            ? $"server {options}"
            : $"{_choice.Describe(place)}, server {options} of weight {options.Weight}";
        path.Add($"{Name}: {chosen}{(isDead ? ", which is dead" : "")}");
        path.Enter(isDead && _gutter is not null ? _gutter : server.Destination, key);
        if (!isDead && _gutter is not null)
        {
            path.EnterIf("or, while it is dead:", _gutter, key);
        }
    }

    private static PoolServer? Take(List<(ServerOptions Options, PoolServer Server)> old, ServerOptions options)
    {
        var at = old.FindIndex(pair => pair.Options == options);
        if (at < 0)
        {
            return null;
        }

        var server = old[at].Server;
        old.RemoveAt(at);
        return server;
    }

    private IRing CurrentRing()
    {
        // Once in a turn of the loop: whoever dies within it fails the rest of the turn's requests by itself.
        if (_rehashes && _lookedAt != _parts.Loop.Now)
        {
            _lookedAt = _parts.Loop.Now;
            LookAtServers();
        }

        return _ring;
    }

    private void LookAtServers()
    {
        var (changed, usable) = (false, 0);
        for (var i = 0; i < _servers.Length; i++)
        {
            var isUsable = _servers[i].Health.IsUsable;
            changed |= isUsable != _usable[i];
            usable += isUsable ? 1 : 0;
            _usable[i] = isUsable;
        }

        if (changed)
        {
            // Where nobody is left, each request fails where it belongs.
            _before = _ring;
            _ring = usable == 0 || usable == _usable.Length ? _whole : _whole.Among(_usable);
            Counters.Rehashes++;
        }
    }
}
