using System.Security.Cryptography;

namespace Fabrik.Server.Auth.Keys;

/// <summary>HS256 (RFC 7518 section 3.2), compared in constant time.</summary>
internal sealed class HmacVerifier(byte[] secret) : ISignatureVerifier
{
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, data, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }
}
