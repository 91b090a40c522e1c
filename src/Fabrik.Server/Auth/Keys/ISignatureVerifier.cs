namespace Fabrik.Server.Auth.Keys;

/// <summary>Checks signatures with one key: RSA, ECDSA or HMAC. Any number of threads may call it.</summary>
internal interface ISignatureVerifier
{
    /// <summary>Whether <paramref name="signature"/> is this key's over <paramref name="data"/>.</summary>
    bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
