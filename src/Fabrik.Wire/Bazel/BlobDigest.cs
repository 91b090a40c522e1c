using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Wire.Bazel;

/// <summary>
/// A blob's SHA-256 and size, as the Remote Execution API names it (<c>Digest</c>). Its hash has 64 hex digits, in
/// lower case; another spelling names nothing.
/// </summary>
public readonly record struct BlobDigest
{
    /// <summary>Hex digits of a hash.</summary>
    public const int HashLength = 64;

    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string? _hash;

    private BlobDigest(string hash, long size) => (_hash, Size) = (hash, size);

    /// <summary>The blob without bytes, which every server has.</summary>
    public static BlobDigest Empty { get; } = new(EmptyHash, 0);

    /// <summary>The SHA-256.</summary>
    public string Hash => _hash ?? EmptyHash;

    /// <summary>Bytes.</summary>
    public long Size { get; }

    /// <summary>Whether it names the blob without bytes.</summary>
    public bool IsEmpty => Size == 0 && Hash == EmptyHash;

    /// <summary>The digest of bytes.</summary>
    public static BlobDigest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return new BlobDigest(Convert.ToHexStringLower(hash), content.Length);
    }

    /// <summary>Whether a text is the hash of a digest.</summary>
    public static bool IsHash(ReadOnlySpan<char> text) =>
        text.Length == HashLength && !text.ContainsAnyExcept(HexDigits);

    /// <summary>Reads a digest; the error says what is wrong with it.</summary>
    public static bool TryParse(string hash, long size, out BlobDigest digest, out string error)
    {
        ArgumentNullException.ThrowIfNull(hash);
        digest = default;
        if (!IsHash(hash))
        {
            error = $"\"{Shorten(hash)}\" is no SHA-256: expected {HashLength} lower-case hex digits";
            return false;
        }

        if (size < 0)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"a blob cannot have {size} bytes");
            return false;
        }

        if (size == 0 != (hash == EmptyHash))
        {
            error = $"no blob of {size} bytes has the hash {hash}";
            return false;
        }

        digest = new BlobDigest(hash, size);
        error = "";
        return true;
    }

    /// <summary>Reads a message.</summary>
    public static bool TryParse(Digest? message, out BlobDigest digest, out string error)
    {
        if (message is not null)
        {
            return TryParse(message.Hash, message.SizeBytes, out digest, out error);
        }

        (digest, error) = (default, "a digest is missing");
        return false;
    }

    /// <summary>As a message.</summary>
    public Digest ToMessage() => new() { Hash = Hash, SizeBytes = Size };

    /// <summary><c>hash/size</c>, as in the names of resources.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Hash}/{Size}");

    private static string Shorten(string hash) => hash.Length <= 2 * HashLength ? hash : $"{hash[..HashLength]}…";
}
