using System.Globalization;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// Ketama as libmemcached (<c>hosts.cc</c>) and twemproxy (<c>nc_ketama.c</c>) have it. Where members are not there,
/// the ring is made of the others: how many points each of them has may change with it.
/// </summary>
public sealed class KetamaRing : IRing
{
    /// <summary>The port that is no part of a member's name.</summary>
    public const int DefaultPort = 11211;

    private const int UnweightedPoints = 100;

    private readonly RingMember[] _members;
    private readonly KeyHash _keyHash;
    private readonly bool _isWeighted;
    private readonly RingPoints _points;

    /// <summary>Makes it.</summary>
    /// <param name="members">Whom keys are spread over, at least one, named by <see cref="NameOf"/>.</param>
    /// <param name="keyHash">The hash of keys.</param>
    /// <param name="isWeighted">
    /// Whether points come four at a time from MD5, by weight: libmemcached's <c>KETAMA_WEIGHTED</c>, and always
    /// twemproxy's. Otherwise a member has 100 points of the hash of keys.
    /// </param>
    public KetamaRing(IReadOnlyList<RingMember> members, KeyHash keyHash, bool isWeighted)
        : this([.. members], keyHash, isWeighted, RingMembers.All(members))
    {
    }

    private KetamaRing(RingMember[] members, KeyHash keyHash, bool isWeighted, ReadOnlySpan<bool> usable)
    {
        _members = members;
        _keyHash = keyHash;
        _isWeighted = isWeighted;
        var points = new List<RingPoint>();
        var (weight, count) = KetamaPoints.Total(members, usable);
        for (var i = 0; i < members.Length; i++)
        {
            if (!usable[i])
            {
                continue;
            }

            if (isWeighted)
            {
                var digests = KetamaPoints.Digests(members[i].Weight, weight, count);
                KetamaPoints.AddDigests(points, members[i].Name, i, digests);
            }
            else
            {
                KetamaPoints.AddHashes(points, members[i].Name, i, (keyHash, UnweightedPoints));
            }
        }

        _points = new RingPoints(points);
    }

    /// <summary>How many points there are.</summary>
    public int Count => _points.Count;

    /// <summary>The name of a server: host and port, without the port where that is 11211.</summary>
    public static string NameOf(string host, int port) =>
        port == DefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");

    /// <inheritdoc/>
    public RingPlace Find(ReadOnlySpan<byte> key) => _points.Find((uint)_keyHash(key));

    /// <inheritdoc/>
    public IRing Among(ReadOnlySpan<bool> usable) => new KetamaRing(_members, _keyHash, _isWeighted, usable);
}
