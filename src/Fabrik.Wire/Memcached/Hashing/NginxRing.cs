using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// nginx's <c>hash ... consistent</c> and Perl's Cache::Memcached::Fast: a chain of CRC-32 for each member, 160 points
/// for each unit of weight. The keys of a member that is not there go to whom the next points belong.
/// </summary>
public sealed class NginxRing : IRing
{
    private const string UnixPrefix = "unix:";

    private readonly RingPoints _points;
    private readonly KeyHash _keyHash;

    /// <summary>Makes it.</summary>
    /// <param name="members">
    /// Whom keys are spread over, at least one, named as in nginx's <c>server</c> directive.
    /// </param>
    /// <param name="keyHash">The hash of keys; nginx has <see cref="CrcHash.Compute32A"/>.</param>
    public NginxRing(IReadOnlyList<RingMember> members, KeyHash keyHash)
    {
        RingMembers.AllByUnit(members);
        _keyHash = keyHash;
        var points = new Dictionary<uint, RingPoint>();
        for (var i = 0; i < members.Count; i++)
        {
            AddPoints(points, members[i], i);
        }

        _points = new RingPoints([.. points.Values]);
    }

    private NginxRing(RingPoints points, KeyHash keyHash) => (_points, _keyHash) = (points, keyHash);

    /// <summary>
    /// The name of a server: host and port, or a socket file with <c>unix:</c> before it where the port is 0.
    /// </summary>
    public static string NameOf(string host, int port) =>
        port == 0 ? UnixPrefix + host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");

    /// <inheritdoc/>
    public RingPlace Find(ReadOnlySpan<byte> key) => _points.Find((uint)_keyHash(key));

    /// <inheritdoc/>
    public IRing Among(ReadOnlySpan<bool> usable) => new NginxRing(_points.Among(usable), _keyHash);

    private static void AddPoints(Dictionary<uint, RingPoint> points, RingMember member, int owner)
    {
        var (host, port) = Split(member.Name);
        var name = CrcHash.Append32(uint.MaxValue, Encoding.UTF8.GetBytes($"{host}\0{port}"));
        Span<byte> previous = stackalloc byte[sizeof(uint)];
        previous.Clear();
        for (long i = 0; i < (long)member.Weight * KetamaPoints.OfMember; i++)
        {
            var value = ~CrcHash.Append32(name, previous);
            points.TryAdd(value, new RingPoint(value, owner));
            BinaryPrimitives.WriteUInt32LittleEndian(previous, value);
        }
    }

    private static (string Host, string Port) Split(string name)
    {
        if (name.StartsWith(UnixPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return (name[UnixPrefix.Length..], "");
        }

        var colon = name.AsSpan().TrimEnd("0123456789").Length - 1;
        return colon >= 0 && name[colon] == ':' ? (name[..colon], name[(colon + 1)..]) : (name, "");
    }
}
