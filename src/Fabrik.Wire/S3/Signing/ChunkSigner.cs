using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fabrik.Wire.S3.Signing;

/// <summary>
/// The chain of signatures of an aws-chunked payload: each covers the one before it. Not safe to share between threads.
/// </summary>
public sealed class ChunkSigner
{
    /// <summary>Bytes of a signature in its text form.</summary>
    public const int SignatureLength = 64;

    private readonly byte[] _key;
    private readonly byte[] _timeAndScope;
    private readonly byte[] _previous = new byte[SignatureLength];

    internal ChunkSigner(byte[] key, DateTimeOffset time, in CredentialScope scope, string seedSignature)
    {
        _key = key;
        _timeAndScope = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{AmzDate.Format(time)}\n{scope}\n"));
        Encoding.ASCII.GetBytes(seedSignature, _previous);
    }

    /// <summary>Signs a chunk and goes on to the next.</summary>
    /// <param name="sha256">The SHA-256 of the chunk's data, 32 bytes.</param>
    /// <param name="signature">Gets <see cref="SignatureLength"/> hex digits.</param>
    public void SignChunk(ReadOnlySpan<byte> sha256, Span<byte> signature)
    {
        var text = new CanonicalBuffer(stackalloc byte[512]);
        text.Append("AWS4-HMAC-SHA256-PAYLOAD\n"u8);
        text.Append(_timeAndScope);
        text.Append(_previous);
        text.Append((byte)'\n');
        text.Append(Payloads.Empty);
        text.Append((byte)'\n');
        text.AppendHex(sha256);
        Sign(text.Written, signature);
        text.Dispose();
    }

    /// <summary>Signs the trailers, which come last.</summary>
    /// <param name="sha256">The SHA-256 of their lines in the form <c>name:value\n</c>, sorted by name.</param>
    /// <param name="signature">Gets <see cref="SignatureLength"/> hex digits.</param>
    public void SignTrailer(ReadOnlySpan<byte> sha256, Span<byte> signature)
    {
        var text = new CanonicalBuffer(stackalloc byte[512]);
        text.Append("AWS4-HMAC-SHA256-TRAILER\n"u8);
        text.Append(_timeAndScope);
        text.Append(_previous);
        text.Append((byte)'\n');
        text.AppendHex(sha256);
        Sign(text.Written, signature);
        text.Dispose();
    }

    private void Sign(ReadOnlySpan<byte> text, Span<byte> signature)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, text, mac);
        Convert.TryToHexStringLower(mac, _previous, out _);
        _previous.CopyTo(signature);
    }
}
