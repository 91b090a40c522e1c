using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Server.Auth.Keys;

namespace Fabrik.Fuzz.Targets;

/// <summary>JSON Web Key Sets: keys or an error, never both; no secret where there must be none.</summary>
internal sealed class JwksTarget : IFuzzTarget
{
    public JwksTarget()
    {
        // The parameters of fixed keys: runs with the same seed are the same.
        using var rsa = RSA.Create();
        rsa.ImportFromPem(PemKeysTarget.Rsa);
        using var ec = ECDsa.Create();
        ec.ImportFromPem(PemKeysTarget.Ec);
        var numbers = rsa.ExportParameters(false);
        var point = ec.ExportParameters(false).Q;
        Seeds =
        [
            Encoding.UTF8.GetBytes($$"""
                {"keys":[{"kty":"RSA","kid":"r","use":"sig","n":"{{Text(numbers.Modulus)}}","e":"AQAB"}]}
                """),
            Encoding.UTF8.GetBytes($$"""
                {"keys":[{"kty":"EC","crv":"P-256","x":"{{Text(point.X)}}","y":"{{Text(point.Y)}}","alg":"ES256"},
                 {"kty":"oct","k":"{{Text(new byte[32])}}","key_ops":["verify"]}]}
                """),
        ];
    }

    public string Name => "jwks";

    public IReadOnlyList<byte[]> Seeds { get; }

    public void Run(ReadOnlySpan<byte> input)
    {
        var json = input.ToArray();
        var fromFile = JsonWebKeys.Read(json, allowSecrets: true);
        var fromUrl = JsonWebKeys.Read(json, allowSecrets: false);
        foreach (var reading in (KeyReading[])[fromFile, fromUrl])
        {
            if ((reading.Error is null) == (reading.Keys.Count == 0))
            {
                throw new InvalidDataException($"{reading.Keys.Count} keys beside the error {reading.Error}");
            }
        }

        if (fromUrl.Keys.Any(key => key.Algorithm == TokenAlgorithm.HS256) || fromUrl.Keys.Count > fromFile.Keys.Count)
        {
            throw new InvalidDataException("a secret from a URL");
        }
    }

    private static string Text(byte[]? bytes) => Base64Url.EncodeToString(bytes);
}
