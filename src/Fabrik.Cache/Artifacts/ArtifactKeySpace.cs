using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Fabrik.Cache.Artifacts;

/// <summary>
/// Keys that differ in nothing but the tool's own part: what they have in common is framed once. The ids are those of
/// <see cref="ArtifactKey.ToId"/>.
/// </summary>
public sealed class ArtifactKeySpace
{
    private const int StackLimit = 512;

    private readonly byte[] _prefix;

    /// <summary>The keys of a tenant, trust scope and namespace.</summary>
    public ArtifactKeySpace(string tenant, string scope, string ns) =>
        _prefix = ArtifactKey.FramePrefix(tenant, scope, ns);

    /// <summary>The id of a key, which is UTF-8.</summary>
    public ArtifactId IdOf(ReadOnlySpan<byte> key)
    {
        var length = _prefix.Length + sizeof(int) + key.Length;
        var buffer = length <= StackLimit ? stackalloc byte[StackLimit] : new byte[length];
        _prefix.CopyTo(buffer);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[_prefix.Length..], key.Length);
        key.CopyTo(buffer[(_prefix.Length + sizeof(int))..]);
        Span<byte> hash = stackalloc byte[ArtifactId.Length];
        SHA256.HashData(buffer[..length], hash);
        return new ArtifactId(hash);
    }
}
