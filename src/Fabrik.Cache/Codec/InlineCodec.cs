using System.Buffers.Binary;
using System.Security.Cryptography;
using Fabrik.Cache.Native.Zstd;

namespace Fabrik.Cache.Codec;

/// <summary>
/// A small value as it lies in the index (docs/formats/blob.md): one byte of flags, CRC-32C, then the bytes as they
/// are, compressed where that saves an eighth, encrypted where there is a key. Thread-safe.
/// </summary>
internal static class InlineCodec
{
    /// <summary>The longest value: the format is for what fits in memory many times over.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    private const byte VersionBits = 0x10;
    private const int ChecksumOffset = 1;
    private const int PlainHeader = ChecksumOffset + Crc32C.Length;
    private const int LengthField = sizeof(int);
    private const int EncryptedHeader = BlobCipher.KeyIdLength + BlobCipher.SaltLength + BlobCipher.TagLength;
    private const int FlagsMask = BlobFormat.ZstdFlag | BlobFormat.EncryptedFlag;

    /// <summary>The room that encoding a value of some length needs.</summary>
    public static int MaxEncodedLength(int length) =>
        PlainHeader + LengthField + EncryptedHeader + ZstdCompressor.Bound(length);

    /// <summary>Encodes a value of at most <see cref="MaxLength"/> bytes.</summary>
    /// <param name="value">The value.</param>
    /// <param name="options">Compression, level, key and the id it is bound to.</param>
    /// <param name="destination">At least <see cref="MaxEncodedLength"/> bytes.</param>
    /// <returns>The encoded length.</returns>
    public static int Encode(ReadOnlySpan<byte> value, BlobEncodingOptions options, Span<byte> destination)
    {
        if (value.Length > MaxLength)
        {
            throw new ArgumentException(
                $"an inline value has at most {MaxLength} bytes, not {value.Length}", nameof(value));
        }

        Span<byte> salt = stackalloc byte[BlobCipher.SaltLength];
        if (!options.EncryptionKey.IsEmpty)
        {
            RandomNumberGenerator.Fill(salt);
        }

        return Encode(value, options, salt, destination);
    }

    /// <summary>Encodes with a given salt, for tests of frozen bytes: a salt must never be used twice.</summary>
    internal static int Encode(
        ReadOnlySpan<byte> value, BlobEncodingOptions options, ReadOnlySpan<byte> salt, Span<byte> destination)
    {
        var isEncrypted = !options.EncryptionKey.IsEmpty;
        var payloadOffset = PlainHeader + (isEncrypted ? EncryptedHeader : 0);
        var compressed = Compress(value, options, destination[(payloadOffset + LengthField)..]);
        var flags = (compressed > 0 ? BlobFormat.ZstdFlag : 0) | (isEncrypted ? BlobFormat.EncryptedFlag : 0);
        destination[0] = (byte)(VersionBits | flags);
        var payload = compressed > 0 ? compressed + LengthField : value.Length;
        if (compressed > 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(destination[payloadOffset..], value.Length);
        }
        else
        {
            value.CopyTo(destination[payloadOffset..]);
        }

        var encoded = destination[..(payloadOffset + payload)];
        if (isEncrypted)
        {
            Seal(encoded, options, salt);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(
            encoded[ChecksumOffset..], Checksum(encoded, options.BoundId.Span));
        return encoded.Length;
    }

    /// <summary>Finds a value that lies there as it is, without copying it; false when it has to be decoded.</summary>
    /// <remarks>Damage is found by <see cref="Decode"/>: this is false for what is damaged.</remarks>
    public static bool TryGetPlain(
        ReadOnlyMemory<byte> encoded, BlobEncodingOptions options, out ReadOnlyMemory<byte> value)
    {
        var isPlain = FaultOf(encoded.Span, options.BoundId.Span) is null && encoded.Span[0] == VersionBits;
        value = isPlain ? encoded[PlainHeader..] : default;
        return isPlain;
    }

    /// <summary>
    /// Where a value lies that is there as it is; false when it has to be decoded. The same as
    /// <see cref="TryGetPlain(ReadOnlyMemory{byte}, BlobEncodingOptions, out ReadOnlyMemory{byte})"/>, for bytes that
    /// are nobody's memory, and without options to be made for each value.
    /// </summary>
    public static bool TryFindPlain(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> boundId, out int start)
    {
        start = PlainHeader;
        return FaultOf(encoded, boundId) is null && encoded[0] == VersionBits;
    }

    /// <summary>
    /// Decodes a value into an array of its own. Errors: <see cref="CacheErrorKind.Damaged"/> when it is not what was
    /// encoded for the bound id, <see cref="CacheErrorKind.Io"/> when it was encrypted under another key.
    /// </summary>
    public static CacheResult<byte[]> Decode(ReadOnlySpan<byte> encoded, BlobEncodingOptions options)
    {
        if (FaultOf(encoded, options.BoundId.Span) is { } fault)
        {
            return Damaged(fault);
        }

        if ((encoded[0] & BlobFormat.EncryptedFlag) == 0)
        {
            return Unpack(encoded[0], encoded[PlainHeader..]);
        }

        if (encoded.Length < PlainHeader + EncryptedHeader)
        {
            return Damaged("it is too short to be encrypted");
        }

        var keyId = encoded.Slice(PlainHeader, BlobCipher.KeyIdLength);
        if (BlobKeyCheck.FaultOf(options.KeyId.Span, keyId) is { } keyFault)
        {
            return CacheError.Internal(CacheErrorKind.Io, $"a stored value {keyFault}");
        }

        var payload = encoded[(PlainHeader + EncryptedHeader)..].ToArray();
        return TryOpen(encoded, payload, options) ? Unpack(encoded[0], payload) : Damaged("it is not authentic");
    }

    private static CacheResult<byte[]> Unpack(byte flags, ReadOnlySpan<byte> payload)
    {
        if ((flags & BlobFormat.ZstdFlag) == 0)
        {
            return payload.ToArray();
        }

        var length = payload.Length < LengthField ? -1 : BinaryPrimitives.ReadInt32LittleEndian(payload);
        if (length is < 0 or > MaxLength)
        {
            return Damaged($"it cannot hold {length} bytes");
        }

        var value = new byte[length];
        var decompressor = ZstdPool.Decompressors.Rent();
        try
        {
            return decompressor.TryDecompress(payload[LengthField..], value, out var error) ? value : Damaged(error);
        }
        finally
        {
            ZstdPool.Decompressors.Return(decompressor);
        }
    }

    private static int Compress(ReadOnlySpan<byte> value, BlobEncodingOptions options, Span<byte> destination)
    {
        if (options.Compression == CompressionKind.None || value.IsEmpty)
        {
            return 0;
        }

        var compressor = ZstdPool.Compressors.Rent();
        try
        {
            var length = compressor.Compress(value, destination, options.Level);
            return length + LengthField <= value.Length - (value.Length / 8) ? length : 0;
        }
        finally
        {
            ZstdPool.Compressors.Return(compressor);
        }
    }

    private static void Seal(Span<byte> encoded, BlobEncodingOptions options, ReadOnlySpan<byte> salt)
    {
        options.KeyId.Span.CopyTo(encoded[PlainHeader..]);
        salt.CopyTo(encoded[(PlainHeader + BlobCipher.KeyIdLength)..]);
        using var cipher = new BlobCipher(options.EncryptionKey.Span, Sealed(encoded, out var tag, out var payload));
        cipher.Seal(number: 0, payload, tag, options.BoundId.Span);

        static ReadOnlySpan<byte> Sealed(Span<byte> encoded, out Span<byte> tag, out Span<byte> payload)
        {
            tag = encoded.Slice(PlainHeader + EncryptedHeader - BlobCipher.TagLength, BlobCipher.TagLength);
            payload = encoded[(PlainHeader + EncryptedHeader)..];
            return KeyMaterial(encoded);
        }
    }

    private static bool TryOpen(ReadOnlySpan<byte> encoded, Span<byte> payload, BlobEncodingOptions options)
    {
        using var cipher = new BlobCipher(options.EncryptionKey.Span, KeyMaterial(encoded));
        var tag = encoded.Slice(PlainHeader + EncryptedHeader - BlobCipher.TagLength, BlobCipher.TagLength);
        return cipher.TryOpen(number: 0, payload, tag, options.BoundId.Span);
    }

    /// <summary>What the value's own key is derived from: flags, key id and salt.</summary>
    private static byte[] KeyMaterial(ReadOnlySpan<byte> encoded) =>
        [encoded[0], .. encoded.Slice(PlainHeader, BlobCipher.KeyIdLength + BlobCipher.SaltLength)];

    private static uint Checksum(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> boundId) =>
        Crc32C.Append(Crc32C.Append(Crc32C.Compute(encoded[..ChecksumOffset]), boundId), encoded[PlainHeader..]);

    private static string? FaultOf(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> boundId)
    {
        if (encoded.Length < PlainHeader)
        {
            return $"it has {encoded.Length} bytes, fewer than its header";
        }

        if ((encoded[0] & ~FlagsMask) != VersionBits)
        {
            return $"its flags are 0x{encoded[0]:x2}";
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(encoded[ChecksumOffset..])
            == Checksum(encoded, boundId)
            ? null
            : "it does not have its checksum, or belongs to another entry";
    }

    private static CacheError Damaged(string fault) =>
        CacheError.Internal(CacheErrorKind.Damaged, $"a stored value is damaged: {fault}");
}
