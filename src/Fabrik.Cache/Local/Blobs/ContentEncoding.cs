using System.Buffers.Binary;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>How new contents are encoded, and what old ones are read with; made from the options once.</summary>
internal sealed class ContentEncoding
{
    /// <summary>
    /// The highest level that a writer of a small content waits for: hundreds of megabytes a second, where level 19
    /// makes two or three.
    /// </summary>
    public const int QuickLevel = 3;

    /// <summary>
    /// Contents up to this size, or of unknown size, are encoded at <see cref="QuickLevel"/> at most.
    /// </summary>
    public const long QuickSize = 1024 * 1024;

    private readonly BlobEncodingOptions _quick;
    private readonly BlobEncodingOptions _thorough;
    private readonly BlobEncodingOptions _raw;

    public ContentEncoding(LocalStoreOptions options)
    {
        _thorough = new BlobEncodingOptions
        {
            Compression = options.Compression,
            Level = options.CompressionLevel,
            EncryptionKey = options.EncryptionKey,
        };
        _quick = _thorough with { Level = Math.Min(options.CompressionLevel, QuickLevel) };
        _raw = _thorough with { Compression = CompressionKind.None };
        KeyTag = _raw.KeyId.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(_raw.KeyId.Span);
    }

    /// <summary>The first four bytes of the key's id, which records keep of it; 0 without a key.</summary>
    public uint KeyTag { get; }

    /// <summary>
    /// How to encode a small value. Short ones stay as they are: a hit is sent from the index's memory, uncopied.
    /// </summary>
    public BlobEncodingOptions ForValue(ContentDigest digest, long size) =>
        (size < Compressibility.LeastLength ? _raw : _quick) with { BoundId = digest.Bytes.ToArray() };

    /// <summary>
    /// How to encode a file of which the beginning is known; <see langword="null"/> leaves it as it is.
    /// </summary>
    /// <param name="head">The first bytes, up to <see cref="Compressibility.HeadLength"/> or more.</param>
    /// <param name="size">Its size, if that is known.</param>
    public BlobEncodingOptions? ForFile(ReadOnlySpan<byte> head, long? size)
    {
        if (_quick.Compression != CompressionKind.None && Compressibility.PaysOff(head))
        {
            return size > QuickSize ? _thorough : _quick;
        }

        return KeyTag == 0 ? null : _raw;
    }

    /// <summary>What a content is read with.</summary>
    public BlobEncodingOptions ForReading(ContentDigest digest) =>
        _raw with { BoundId = digest.Bytes.ToArray() };
}
