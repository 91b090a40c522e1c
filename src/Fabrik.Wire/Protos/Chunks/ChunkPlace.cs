using System.Buffers;

namespace Fabrik.Wire.Protos.Chunks;

/// <summary>
/// Where the chunk lies in an encoded message, found without decoding anything else. Only what is plain is found:
/// whatever could be read in two ways is left to the generated code, so that both always agree.
/// </summary>
/// <param name="IsPlain">Whether the rest of this holds; else the generated code must read the message.</param>
/// <param name="HasOthers">Whether there are other fields that the message knows.</param>
/// <param name="FieldStart">Where the field begins; the message's length without one.</param>
/// <param name="Start">Where the chunk's bytes begin.</param>
/// <param name="Length">Bytes of the chunk.</param>
internal readonly record struct ChunkPlace(bool IsPlain, bool HasOthers, long FieldStart, long Start, long Length)
{
    private const int MaxTagBytes = 5;
    private const int MaxVarintBytes = 10;

    /// <summary>Looks for the chunk.</summary>
    /// <param name="payload">The encoded message.</param>
    /// <param name="chunkField">The number of the chunk's field, at most 15.</param>
    /// <param name="lastField">The highest number that the message knows; what is above it is skipped.</param>
    public static ChunkPlace Find(in ReadOnlySequence<byte> payload, int chunkField, int lastField)
    {
        var reader = new SequenceReader<byte>(payload);
        var place = new ChunkPlace(true, false, payload.Length, payload.Length, 0);
        var isFound = false;
        while (!reader.End)
        {
            var start = reader.Consumed;
            if (!TryReadVarint(ref reader, MaxTagBytes, out var tag) || tag > uint.MaxValue || tag >> 3 == 0)
            {
                return default;
            }

            if (tag == ((uint)chunkField << 3 | 2))
            {
                if (isFound || !TryReadLength(ref reader, out var length))
                {
                    return default;
                }

                isFound = true;
                place = place with { FieldStart = start, Start = reader.Consumed, Length = length };
                reader.Advance(length);
            }
            else
            {
                place = place with { HasOthers = place.HasOthers || tag >> 3 <= (uint)lastField };
                if (!TrySkip(ref reader, (int)tag & 7))
                {
                    return default;
                }
            }
        }

        return place;
    }

    private static bool TrySkip(ref SequenceReader<byte> reader, int wireType)
    {
        switch (wireType)
        {
            case 0:
                return TryReadVarint(ref reader, MaxVarintBytes, out _);
            case 1:
                return TryAdvance(ref reader, sizeof(ulong));
            case 2:
                return TryReadLength(ref reader, out var length) && TryAdvance(ref reader, length);
            case 5:
                return TryAdvance(ref reader, sizeof(uint));
            default:
                // Groups, and types that do not exist.
                return false;
        }
    }

    private static bool TryAdvance(ref SequenceReader<byte> reader, long count)
    {
        if (reader.Remaining < count)
        {
            return false;
        }

        reader.Advance(count);
        return true;
    }

    private static bool TryReadLength(ref SequenceReader<byte> reader, out long length)
    {
        length = 0;
        if (!TryReadVarint(ref reader, MaxTagBytes, out var value) || value > (ulong)reader.Remaining)
        {
            return false;
        }

        length = (long)value;
        return true;
    }

    private static bool TryReadVarint(ref SequenceReader<byte> reader, int maxBytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < maxBytes && reader.TryRead(out var next); i++)
        {
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
