using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fabrik.Cache.Artifacts;

/// <summary>The SHA-256 of an artifact's bytes, as the tool sent them; equal bytes are stored once under it.</summary>
[InlineArray(Length)]
public struct ContentDigest : IEquatable<ContentDigest>, IComparable<ContentDigest>
{
    /// <summary>Bytes of a digest.</summary>
    public const int Length = 32;

    private byte _first;

    /// <summary>The digest with these bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32.</exception>
    public ContentDigest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"a content digest has {Length} bytes, not {bytes.Length}", nameof(bytes));
        }

        bytes.CopyTo(MemoryMarshal.CreateSpan(ref _first, Length));
    }

    /// <summary>The digest's bytes.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Bytes => MemoryMarshal.CreateReadOnlySpan(in _first, Length);

    /// <summary>Reads 64 hex digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out ContentDigest digest)
    {
        digest = default;
        return hex.Length == Length * 2
            && Convert.FromHexString(hex, MemoryMarshal.CreateSpan(ref digest._first, Length), out _, out _)
                == System.Buffers.OperationStatus.Done;
    }

    /// <inheritdoc/>
    public readonly bool Equals(ContentDigest other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is ContentDigest other && Equals(other);

    /// <summary>The first four bytes: the digest is a hash already.</summary>
    public override readonly int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(Bytes);

    /// <inheritdoc/>
    public readonly int CompareTo(ContentDigest other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <summary>64 lower-case hex digits.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower(Bytes);

    /// <summary>Equality by bytes.</summary>
    public static bool operator ==(ContentDigest left, ContentDigest right) => left.Equals(right);

    /// <summary>Inequality by bytes.</summary>
    public static bool operator !=(ContentDigest left, ContentDigest right) => !left.Equals(right);

    /// <summary>Order by bytes.</summary>
    public static bool operator <(ContentDigest left, ContentDigest right) => left.CompareTo(right) < 0;

    /// <summary>Order by bytes.</summary>
    public static bool operator >(ContentDigest left, ContentDigest right) => left.CompareTo(right) > 0;

    /// <summary>Order by bytes.</summary>
    public static bool operator <=(ContentDigest left, ContentDigest right) => left.CompareTo(right) <= 0;

    /// <summary>Order by bytes.</summary>
    public static bool operator >=(ContentDigest left, ContentDigest right) => left.CompareTo(right) >= 0;
}
