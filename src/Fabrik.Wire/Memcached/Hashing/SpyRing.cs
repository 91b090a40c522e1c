using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// Ketama as spymemcached has it (<c>KetamaNodeLocator</c>, <c>KetamaIterator</c>): points never change; a key whose
/// member is not there is hashed again with the number of the attempt before it.
/// </summary>
public sealed class SpyRing : IRing
{
    private const int Attempts = 7;
    private const int MaxDigits = 10;

    private readonly RingPoints _points;
    private readonly KeyHash _keyHash;
    private readonly bool[] _usable;
    private readonly RingPoints? _remaining;

    /// <summary>Makes it.</summary>
    /// <param name="members">Whom keys are spread over, at least one, named by <see cref="NameOf"/>.</param>
    /// <param name="keyHash">The hash of keys; of another one than MD5 the points are made, too.</param>
    public SpyRing(IReadOnlyList<RingMember> members, KeyHash keyHash)
    {
        _usable = RingMembers.All(members);
        _keyHash = keyHash;
        var points = new Dictionary<uint, RingPoint>();
        var isWeighted = members.Any(static member => member.Weight > 1);
        var (weight, count) = KetamaPoints.Total(members, _usable);
        for (var i = 0; i < members.Count; i++)
        {
            var own = new List<RingPoint>();
            if (isWeighted)
            {
                var digests = KetamaPoints.Digests(members[i].Weight, weight, count);
                KetamaPoints.AddDigests(own, members[i].Name, i, digests);
            }
            else if (keyHash == Md5Hash.Compute)
            {
                KetamaPoints.AddDigests(own, members[i].Name, i, KetamaPoints.OfMember / Md5Hash.Parts);
            }
            else
            {
                KetamaPoints.AddHashes(own, members[i].Name, i, (keyHash, KetamaPoints.OfMember));
            }

            // Of equal points the last one counts here.
            own.ForEach(point => points[point.Value] = point);
        }

        _points = new RingPoints([.. points.Values]);
    }

    private SpyRing(SpyRing whole, ReadOnlySpan<bool> usable)
    {
        _points = whole._points;
        _keyHash = whole._keyHash;
        _usable = usable.ToArray();
        _remaining = _points.Among(usable);
    }

    /// <summary>The name of a server, as Java writes its address, without a slash at its beginning.</summary>
    /// <param name="host">The name, where it is known by a name; otherwise null.</param>
    /// <param name="address">The address; where it is not known, the name.</param>
    /// <param name="port">The port.</param>
    public static string NameOf(string? host, string address, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(host is null ? "" : host + "/")}{address}:{port}");

    /// <inheritdoc/>
    public RingPlace Find(ReadOnlySpan<byte> key)
    {
        var hash = (uint)_keyHash(key);
        var place = _points.Find(hash);
        return _usable[place.Member] ? place : FindNext(key, hash);
    }

    /// <inheritdoc/>
    public IRing Among(ReadOnlySpan<bool> usable) => new SpyRing(this, usable);

    private RingPlace FindNext(ReadOnlySpan<byte> key, uint hash)
    {
        var length = key.Length + MaxDigits;
        var rented = length <= 512 ? null : ArrayPool<byte>.Shared.Rent(length);
        var text = rented ?? stackalloc byte[512];
        var first = hash;
        for (var attempt = 0; attempt < Attempts - 1; attempt++)
        {
            Utf8Formatter.TryFormat(attempt, text, out var digits);
            key.CopyTo(text[digits..]);
            hash += (uint)_keyHash(text[..(digits + key.Length)]);
            var place = _points.Find(hash);
            if (_usable[place.Member])
            {
                Return(rented);
                return place;
            }
        }

        Return(rented);
        return _remaining!.Find(first);
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
