using System.Security.Cryptography;

namespace Fabrik.Server.Auth.Keys;

/// <summary>ES256 (RFC 7518 section 3.4): the signature is r and s, 32 bytes each, not DER.</summary>
/// <param name="parameters">A point on P-256; importing it fails where it is not on the curve.</param>
internal sealed class EcdsaVerifier(ECParameters parameters) : ISignatureVerifier
{
    private const int CoordinateLength = 32;

    private readonly InstancePool<ECDsa> _pool = new(() => ECDsa.Create(parameters));

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // r and s of zero verified everything in one well-known library (CVE-2022-21449): not left to ours.
        if (signature.Length != 2 * CoordinateLength
            || !signature[..CoordinateLength].ContainsAnyExcept((byte)0)
            || !signature[CoordinateLength..].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        var ecdsa = _pool.Rent();
        try
        {
            return ecdsa.VerifyData(
                data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            _pool.Return(ecdsa);
        }
    }
}
