using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fabrik.Cache.Artifacts;

/// <summary>
/// The SHA-256 under which an entry is kept: made from tenant, scope, namespace and the tool's own key by
/// <see cref="ArtifactKey.ToId"/>, so that no two tools, tenants or scopes can meet.
/// </summary>
[InlineArray(Length)]
public struct ArtifactId : IEquatable<ArtifactId>, IComparable<ArtifactId>
{
    /// <summary>Bytes of an id.</summary>
    public const int Length = 32;

    private byte _first;

    /// <summary>The id with these bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32.</exception>
    public ArtifactId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"an artifact id has {Length} bytes, not {bytes.Length}", nameof(bytes));
        }

        bytes.CopyTo(MemoryMarshal.CreateSpan(ref _first, Length));
    }

    /// <summary>The id's bytes.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Bytes => MemoryMarshal.CreateReadOnlySpan(in _first, Length);

    /// <summary>Reads 64 hex digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out ArtifactId id)
    {
        id = default;
        return hex.Length == Length * 2
            && Convert.FromHexString(hex, MemoryMarshal.CreateSpan(ref id._first, Length), out _, out _)
                == System.Buffers.OperationStatus.Done;
    }

    /// <inheritdoc/>
    public readonly bool Equals(ArtifactId other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is ArtifactId other && Equals(other);

    /// <summary>The first four bytes: the id is a hash already.</summary>
    public override readonly int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(Bytes);

    /// <inheritdoc/>
    public readonly int CompareTo(ArtifactId other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <summary>64 lower-case hex digits.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower(Bytes);

    /// <summary>Equality by bytes.</summary>
    public static bool operator ==(ArtifactId left, ArtifactId right) => left.Equals(right);

    /// <summary>Inequality by bytes.</summary>
    public static bool operator !=(ArtifactId left, ArtifactId right) => !left.Equals(right);

    /// <summary>Order by bytes.</summary>
    public static bool operator <(ArtifactId left, ArtifactId right) => left.CompareTo(right) < 0;

    /// <summary>Order by bytes.</summary>
    public static bool operator >(ArtifactId left, ArtifactId right) => left.CompareTo(right) > 0;

    /// <summary>Order by bytes.</summary>
    public static bool operator <=(ArtifactId left, ArtifactId right) => left.CompareTo(right) <= 0;

    /// <summary>Order by bytes.</summary>
    public static bool operator >=(ArtifactId left, ArtifactId right) => left.CompareTo(right) >= 0;
}
