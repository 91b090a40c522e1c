using System.Security.Cryptography;

namespace Fabrik.Server.Auth.Keys;

/// <summary>RS256 (RFC 7518 section 3.3).</summary>
/// <param name="parameters">Modulus and exponent, checked by the caller.</param>
internal sealed class RsaVerifier(RSAParameters parameters) : ISignatureVerifier
{
    private readonly int _signatureLength = parameters.Modulus!.Length;
    private readonly InstancePool<RSA> _pool = new(() => RSA.Create(parameters));

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != _signatureLength)
        {
            return false;
        }

        var rsa = _pool.Rent();
        try
        {
            return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            _pool.Return(rsa);
        }
    }
}
