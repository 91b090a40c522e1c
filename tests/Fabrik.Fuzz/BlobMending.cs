using System.Buffers.Binary;
using Fabrik.Cache.Codec;

namespace Fabrik.Fuzz;

/// <summary>
/// Repairs the checksums of a blob file that was tampered with, so that the checks behind are reached.
/// </summary>
internal static class BlobMending
{
    /// <summary>Repairs the checksum of header, table and trailer.</summary>
    /// <returns>False when there is no place for them.</returns>
    public static bool MendChecksum(Span<byte> blob, ReadOnlySpan<byte> boundId)
    {
        if (!TryFindTable(blob, out var table))
        {
            return false;
        }

        var trailer = blob[^BlobFormat.TrailerLength..];
        BlobFormat.WriteChecksum(
            trailer, BlobFormat.Checksum(blob[..BlobFormat.HeaderLength], boundId, table, trailer));
        return true;
    }

    /// <summary>Repairs each frame's checksum in the table, as far as the lengths there lead to a frame.</summary>
    public static void MendFrames(Span<byte> blob)
    {
        if (!TryFindTable(blob, out var table))
        {
            return;
        }

        var frames = blob[BlobFormat.HeaderLength..^(table.Length + BlobFormat.TrailerLength)];
        for (; !table.IsEmpty; table = table[BlobFormat.TableEntryLength..])
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(table);
            if (length < 0 || length > frames.Length)
            {
                return;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(table[4..], Crc32C.Compute(frames[..length]));
            frames = frames[length..];
        }
    }

    private static bool TryFindTable(Span<byte> blob, out Span<byte> table)
    {
        table = default;
        if (blob.Length < BlobFormat.HeaderLength + BlobFormat.TrailerLength)
        {
            return false;
        }

        BlobFormat.TryReadTrailer(blob[^BlobFormat.TrailerLength..], out _, out var frameCount);
        var room = blob.Length - BlobFormat.HeaderLength - BlobFormat.TrailerLength;
        if (frameCount < 0 || (long)frameCount * BlobFormat.TableEntryLength > room)
        {
            return false;
        }

        var length = frameCount * BlobFormat.TableEntryLength;
        table = blob.Slice(blob.Length - BlobFormat.TrailerLength - length, length);
        return true;
    }
}
