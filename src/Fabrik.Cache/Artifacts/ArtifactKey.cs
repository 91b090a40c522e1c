using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fabrik.Cache.Artifacts;

/// <summary>What a tool asks for, before it becomes an <see cref="ArtifactId"/>.</summary>
/// <param name="Tenant">Whose artifact it is; empty where tenants are not told apart.</param>
/// <param name="Scope">The trust scope (a branch, a pull request) it belongs to; empty for the default scope.</param>
/// <param name="Namespace">Which protocol's key this is: <c>gradle</c>, <c>nx</c>, ….</param>
/// <param name="Key">The key, as the tool wrote it.</param>
public readonly record struct ArtifactKey(string Tenant, string Scope, string Namespace, string Key)
{
    private const int StackLimit = 1024;

    private static ReadOnlySpan<byte> Domain => "fabrik-artifact-v1"u8;

    /// <summary>
    /// SHA-256 over the domain and the four parts, each behind its length in 4 bytes, so that no two different keys
    /// frame to the same bytes. Persisted: docs/formats/store.md.
    /// </summary>
    public ArtifactId ToId() => IdOf(Tenant, Scope, Namespace, Key);

    /// <summary>The same for a key that is no string, as those of a batch.</summary>
    public static ArtifactId IdOf(
        ReadOnlySpan<char> tenant, ReadOnlySpan<char> scope, ReadOnlySpan<char> ns, ReadOnlySpan<char> key)
    {
        var max = Domain.Length + (4 * sizeof(int)) + Encoding.UTF8.GetMaxByteCount(
            tenant.Length + scope.Length + ns.Length + key.Length);
        var buffer = max <= StackLimit ? stackalloc byte[StackLimit] : new byte[max];
        Domain.CopyTo(buffer);
        var length = Domain.Length;
        length += Append(buffer[length..], tenant);
        length += Append(buffer[length..], scope);
        length += Append(buffer[length..], ns);
        length += Append(buffer[length..], key);
        Span<byte> hash = stackalloc byte[ArtifactId.Length];
        SHA256.HashData(buffer[..length], hash);
        return new ArtifactId(hash);
    }

    /// <summary>What stands in front of the key's own part.</summary>
    internal static byte[] FramePrefix(string tenant, string scope, string ns)
    {
        var buffer = new byte[Domain.Length + (3 * sizeof(int)) + Encoding.UTF8.GetByteCount(tenant)
            + Encoding.UTF8.GetByteCount(scope) + Encoding.UTF8.GetByteCount(ns)];
        Domain.CopyTo(buffer);
        var length = Domain.Length;
        length += Append(buffer.AsSpan(length), tenant);
        length += Append(buffer.AsSpan(length), scope);
        Append(buffer.AsSpan(length), ns);
        return buffer;
    }

    private static int Append(Span<byte> destination, ReadOnlySpan<char> part)
    {
        var length = Encoding.UTF8.GetBytes(part, destination[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(destination, length);
        return sizeof(int) + length;
    }
}
