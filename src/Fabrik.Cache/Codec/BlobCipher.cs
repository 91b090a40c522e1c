using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Fabrik.Cache.Codec;

/// <summary>
/// AES-256-GCM under a key of the blob's own: HMAC-SHA-256 of the store's key over the blob's header, in which there
/// are 16 random bytes. So a frame's number can be its nonce, and no number of blobs brings two equal nonces under one
/// key, which a random nonce of the 64 bits that a frame counter leaves would after some 2^32 of them.
/// </summary>
internal sealed class BlobCipher : IDisposable
{
    /// <summary>Bytes of an authentication tag.</summary>
    public const int TagLength = 16;

    /// <summary>Bytes of a key's id.</summary>
    public const int KeyIdLength = 8;

    /// <summary>Random bytes of a blob.</summary>
    public const int SaltLength = 16;

    /// <summary>The number under which the trailer is sealed; no frame has it.</summary>
    public const uint TrailerNumber = uint.MaxValue;

    private const int NonceLength = 12;

    private readonly AesGcm _aes;

    /// <summary>The cipher of the blob with this header.</summary>
    public BlobCipher(ReadOnlySpan<byte> storeKey, ReadOnlySpan<byte> header)
    {
        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(storeKey, header, key);
        _aes = new AesGcm(key, TagLength);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>A few bytes that tell two store keys apart and say nothing of either.</summary>
    public static byte[] IdOf(ReadOnlySpan<byte> storeKey) =>
        HMACSHA256.HashData(storeKey, "fabrik-key-id-v1"u8)[..KeyIdLength];

    /// <summary>Encrypts in place.</summary>
    public void Seal(uint number, Span<byte> bytes, Span<byte> tag, ReadOnlySpan<byte> associated)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(nonce, number);
        _aes.Encrypt(nonce, bytes, bytes, tag, associated);
    }

    /// <summary>Decrypts in place; false, with the bytes lost, when they are not what was sealed.</summary>
    public bool TryOpen(uint number, Span<byte> bytes, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(nonce, number);
        try
        {
            _aes.Decrypt(nonce, bytes, tag, bytes, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose() => _aes.Dispose();

    private static void WriteNonce(Span<byte> nonce, uint number)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(nonce[(NonceLength - sizeof(uint))..], number);
    }
}
