using System.Numerics;

namespace Fabrik.Wire.Bazel;

/// <summary>
/// Cuts a stream into chunks by its content, as the Remote Execution API's <c>FAST_CDC_2020</c>: Xia et al., "The
/// Design of Fast Content-Defined Chunking for Data Deduplication Based Storage Systems" (2020), at normalization
/// level 2. It sees the stream piece by piece, and where it cuts does not depend on the pieces. It holds no bytes.
/// </summary>
public sealed class FastCdc2020
{
    /// <summary>The smallest average, in bytes.</summary>
    public const int MinAverage = 1 << 10;

    /// <summary>The largest average, in bytes.</summary>
    public const int MaxAverage = 1 << 20;

    /// <summary>The average that the API recommends, in bytes.</summary>
    public const int DefaultAverage = 1 << 19;

    private const int Normalization = 2;

    private readonly ulong _seed;
    private readonly ulong _strict;
    private readonly ulong _loose;

    private ulong _hash;
    private int _length;

    /// <summary>Starts a stream.</summary>
    /// <param name="average">Bytes that chunks have on average; see <see cref="IsAverage"/>.</param>
    /// <param name="seed">Moves the cuts; all who share a cache have the same, which should be 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The average is none.</exception>
    public FastCdc2020(int average = DefaultAverage, uint seed = 0)
    {
        if (!IsAverage(average))
        {
            throw new ArgumentOutOfRangeException(
                nameof(average), average, $"expected a power of two from {MinAverage} to {MaxAverage}");
        }

        var bits = BitOperations.Log2((uint)average);
        Average = average;
        _seed = seed;
        _strict = FastCdcTables.MaskOf(bits + Normalization);
        _loose = FastCdcTables.MaskOf(bits - Normalization);
    }

    /// <summary>Bytes that chunks have on average.</summary>
    public int Average { get; }

    /// <summary>Bytes that each chunk but the last has at least: a quarter of the average.</summary>
    public int MinLength => Average / 4;

    /// <summary>Bytes that each chunk has at most: four times the average.</summary>
    public int MaxLength => Average * 4;

    /// <summary>
    /// Whether the last byte that was taken may turn out to be the first of the next chunk: where this chunk ends is
    /// known only when one more byte, or the end of the stream, is.
    /// </summary>
    public bool IsUndecided { get; private set; }

    /// <summary>
    /// Whether chunks can have this many bytes on average: a power of two from 1 KiB to 1 MiB. The API asks for the
    /// range alone, but implementations agree on the masks of powers of two only.
    /// </summary>
    public static bool IsAverage(long value) => value is >= MinAverage and <= MaxAverage && long.IsPow2(value);

    /// <summary>Takes the next bytes, up to a cut. Ask again with what it leaves, until it finds none.</summary>
    /// <param name="data">The next bytes; the rest of them after. Nothing is left if there is no cut.</param>
    /// <param name="length">Bytes of the chunk that the cut ends, in all the pieces that it came in.</param>
    /// <returns>
    /// Whether there is a cut. It lies before what is left of the data, or one byte earlier if it was
    /// <see cref="IsUndecided"/> before this call.
    /// </returns>
    public bool TryCut(ref ReadOnlySpan<byte> data, out int length)
    {
        length = 0;
        if (data.IsEmpty)
        {
            return false;
        }

        if (IsUndecided)
        {
            length = _length - 1;
            Start(length: 1);
            return true;
        }

        Take(ref data, Math.Clamp(MinLength - _length, 0, data.Length));
        if (!TryFind(ref data, Average, _strict) && !TryFind(ref data, MaxLength, _loose) && _length < MaxLength)
        {
            return false;
        }

        if (IsUndecided)
        {
            return false;
        }

        length = _length;
        Start(length: 0);
        return true;
    }

    /// <summary>Ends the stream, and starts another.</summary>
    /// <returns>Bytes of the last chunk, from 1 to <see cref="MaxLength"/>; 0 if the last cut was at the end.</returns>
    public int Finish()
    {
        var length = _length;
        Start(length: 0);
        return length;
    }

    private void Start(int length) => (_length, _hash, IsUndecided) = (length, 0, false);

    private void Take(ref ReadOnlySpan<byte> data, int count)
    {
        _length += count;
        data = data[count..];
    }

    /// <summary>Looks for a cut until the chunk has <paramref name="end"/> bytes.</summary>
    private bool TryFind(ref ReadOnlySpan<byte> data, int end, ulong mask)
    {
        var window = data[..Math.Clamp(end - _length, 0, data.Length)];
        var at = Roll(window, mask);
        Take(ref data, at);
        if (at == window.Length)
        {
            return false;
        }

        // The reference takes two bytes at a time and never looks at an odd last one. So a cut before a byte that may
        // be that one holds only if another follows.
        if (data.Length == 1 && _length % 2 == 0)
        {
            IsUndecided = true;
            Take(ref data, 1);
        }

        return true;
    }

    /// <summary>Hashes bytes until the cut that the last of them makes; it lies before that byte.</summary>
    /// <returns>Where the byte is, or the length.</returns>
    private int Roll(ReadOnlySpan<byte> window, ulong mask)
    {
        var gear = FastCdcTables.Gear;
        var seed = _seed;
        var hash = _hash;
        var at = 0;
        for (; at < window.Length; at++)
        {
            hash = (hash << 1) + (gear[window[at]] ^ seed);
            if ((hash & mask) == 0)
            {
                break;
            }
        }

        _hash = hash;
        return at;
    }
}
