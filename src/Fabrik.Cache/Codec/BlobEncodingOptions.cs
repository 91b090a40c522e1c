namespace Fabrik.Cache.Codec;

/// <summary>How a blob or an inline value is encoded; a reader looks at the key and the bound id only.</summary>
internal sealed record BlobEncodingOptions
{
    /// <summary>Bytes of an encryption key.</summary>
    public const int KeyLength = 32;

    /// <summary>How frames are compressed.</summary>
    public CompressionKind Compression { get; init; } = CompressionKind.Zstd;

    /// <summary>zstd's level: 1 is fast, 19 is small, negative is faster still; 3 is zstd's own default.</summary>
    public int Level { get; init; } = 3;

    /// <summary>The store's key for AES-256-GCM, 32 bytes; empty for no encryption.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public ReadOnlyMemory<byte> EncryptionKey
    {
        get;
        init
        {
            if (value.Length is not (0 or KeyLength))
            {
                throw new ArgumentException(
                    $"an encryption key has {KeyLength} bytes, not {value.Length}", nameof(value));
            }

            field = value;
            KeyId = value.IsEmpty ? default : BlobCipher.IdOf(value.Span);
        }
    }

    /// <summary>The key's id, so that it is not computed for every value; empty without a key.</summary>
    public ReadOnlyMemory<byte> KeyId { get; private init; }

    /// <summary>
    /// What the bytes belong to (a content digest), so that one blob's file cannot pass for another's. It is checked,
    /// not stored; reader and writer have to name the same.
    /// </summary>
    public ReadOnlyMemory<byte> BoundId { get; init; }

    /// <summary>Bytes of content in a frame: a power of two within <see cref="BlobFormat"/>'s limits.</summary>
    public int FrameSize { get; init; } = BlobFormat.DefaultFrameSize;
}
