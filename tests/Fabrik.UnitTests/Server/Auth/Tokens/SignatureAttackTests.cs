using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Server.Auth;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Tokens;

/// <summary>Tokens that were not signed with a key of ours by the rules (RFC 8725 sections 2 and 3).</summary>
public sealed class SignatureAttackTests : IAsyncDisposable
{
    private readonly AuthFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Token_OfEitherAlgorithm_IsLetIn()
    {
        Assert.Equal("ci", Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims()))).Subject);
        Assert.Equal("ci", Expect.LetIn(await _fixture.DecideAsync(Forge.Es256(Forge.Claims()))).Subject);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData("rs256")]
    [InlineData("RS256 ")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("ES384")]
    [InlineData("EdDSA")]
    [InlineData("ECDH-ES")]
    [InlineData("dir")]
    public async Task Algorithm_NotAccepted_IsRefusedWithOrWithoutSignature(string algorithm)
    {
        var header = $$"""{"alg":"{{algorithm}}"}""";
        var signed = Forge.Rs256WithHeader(header, Forge.Claims());
        Expect.Refused(AuthFailure.Malformed, await _fixture.DecideAsync(signed));
        Expect.Refused(AuthFailure.Malformed, await _fixture.DecideAsync(signed[..signed.LastIndexOf('.')] + "."));
    }

    [Theory]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"alg":["RS256"]}""")]
    [InlineData("""{"alg":256}""")]
    [InlineData("""{"alg":true}""")]
    [InlineData("""{"alg":{"alg":"RS256"}}""")]
    [InlineData("""{"alg":"RS256\u0000"}""")]
    [InlineData("""{"ALG":"RS256"}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("{}")]
    public async Task Algorithm_OfWrongTypeOrMissing_IsRefused(string header) =>
        Expect.Refused(
            AuthFailure.Malformed, await _fixture.DecideAsync(Forge.Rs256WithHeader(header, Forge.Claims())));

    [Fact]
    public async Task Hs256_SecretIsThePublicKey_IsRefused()
    {
        var pem = TestKeys.Pem(TestKeys.Rsa);
        byte[][] secrets =
        [
            Encoding.UTF8.GetBytes(pem),
            Encoding.UTF8.GetBytes(pem + "\n"),
            TestKeys.Rsa.ExportSubjectPublicKeyInfo(),
            TestKeys.Rsa.ExportRSAPublicKey(),
            TestKeys.Rsa.ExportParameters(false).Modulus!,
            TestKeys.Ec.ExportSubjectPublicKeyInfo(),
            [],
        ];
        foreach (var secret in secrets)
        {
            Expect.Refused(
                AuthFailure.UnknownKey, await _fixture.DecideAsync(Forge.Hs256(Forge.Claims(), secret)));
        }
    }

    [Fact]
    public async Task Hs256_SecretIsThePublicKeyBesideARealSecret_IsRefused()
    {
        var jwks = _fixture.Folder.Write(
            "jwks.json", TestKeys.Jwks(TestKeys.Jwk(TestKeys.Secret, "s"), TestKeys.Jwk(TestKeys.Rsa, "r")));
        AuthOptions options = new() { JwksFile = jwks };
        var secret = TestKeys.Rsa.ExportSubjectPublicKeyInfo();
        Expect.LetIn(await _fixture.DecideAsync(Forge.Hs256(Forge.Claims(), TestKeys.Secret, "s"), options));
        Expect.Refused(
            AuthFailure.UnknownKey, await _fixture.DecideAsync(Forge.Hs256(Forge.Claims(), secret, "r"), options));
        Expect.Refused(
            AuthFailure.BadSignature, await _fixture.DecideAsync(Forge.Hs256(Forge.Claims(), secret, "s"), options));
        Expect.Refused(
            AuthFailure.BadSignature, await _fixture.DecideAsync(Forge.Hs256(Forge.Claims(), secret), options));
    }

    [Fact]
    public async Task KeyOfOtherType_NamedByKid_IsUnknown()
    {
        var jwks = _fixture.Folder.Write("jwks.json", TestKeys.Jwks(TestKeys.Jwk(TestKeys.Ec, "e")));
        Expect.Refused(
            AuthFailure.UnknownKey,
            await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(), "e"), new AuthOptions { JwksFile = jwks }));
    }

    [Fact]
    public async Task OtherKey_SameAlgorithm_IsRefused()
    {
        Expect.Refused(
            AuthFailure.BadSignature,
            await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(), key: TestKeys.OtherRsa)));
        Expect.Refused(
            AuthFailure.BadSignature,
            await _fixture.DecideAsync(Forge.Es256(Forge.Claims(), key: TestKeys.OtherEc)));
    }

    [Fact]
    public async Task KeyInTheHeader_VouchesForNothing()
    {
        var jwk = TestKeys.Jwk(TestKeys.OtherRsa, "mine");
        var certificate = Convert.ToBase64String(TestKeys.OtherRsa.ExportSubjectPublicKeyInfo());
        string[] extras =
        [
            $"\"jwk\":{jwk}",
            "\"jku\":\"http://127.0.0.1:1/jwks.json\"",
            "\"x5u\":\"http://127.0.0.1:1/x.pem\"",
            $"\"x5c\":[\"{certificate}\"]",
        ];
        foreach (var extra in extras)
        {
            var header = $$"""{"alg":"RS256",{{extra}}}""";
            Expect.Refused(
                AuthFailure.BadSignature,
                await _fixture.DecideAsync(Forge.Rs256WithHeader(header, Forge.Claims(), TestKeys.OtherRsa)));
            Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256WithHeader(header, Forge.Claims())));
        }
    }

    [Fact]
    public async Task Es256_ZeroOrOutOfRangeNumbers_IsRefused()
    {
        byte[] order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        byte[] zero = new byte[32];
        byte[] one = [.. new byte[31], 1];
        byte[] ones = [.. Enumerable.Repeat((byte)0xFF, 32)];
        byte[][] numbers = [zero, one, order, ones];
        foreach (var r in numbers)
        {
            foreach (var s in numbers)
            {
                var token = Forge.Sign("""{"alg":"ES256"}""", Forge.Claims(), _ => [.. r, .. s]);
                Expect.Refused(AuthFailure.BadSignature, await _fixture.DecideAsync(token));
            }
        }
    }

    [Fact]
    public async Task Es256_SignatureInDer_IsRefused()
    {
        var token = Forge.Sign("""{"alg":"ES256"}""", Forge.Claims(), data =>
            TestKeys.Ec.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        Expect.Refused(AuthFailure.BadSignature, await _fixture.DecideAsync(token));
    }

    [Fact]
    public async Task Rs256_NumbersOutOfRange_IsRefused()
    {
        byte[][] signatures =
        [
            new byte[256],
            [.. Enumerable.Repeat((byte)0xFF, 256)],
            [.. new byte[255], 1],
            TestKeys.Rsa.ExportParameters(false).Modulus!,
        ];
        foreach (var signature in signatures)
        {
            var token = Forge.Sign("""{"alg":"RS256"}""", Forge.Claims(), _ => signature);
            Expect.Refused(AuthFailure.BadSignature, await _fixture.DecideAsync(token));
        }
    }

    [Fact]
    public async Task Rs256_SignatureLengthenedByTheModulus_IsRefused()
    {
        var token = Forge.Sign("""{"alg":"RS256"}""", Forge.Claims(), data =>
        {
            var signature = TestKeys.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            BigInteger sum = new BigInteger(signature, isUnsigned: true, isBigEndian: true)
                + new BigInteger(TestKeys.Rsa.ExportParameters(false).Modulus, isUnsigned: true, isBigEndian: true);
            return sum.ToByteArray(isUnsigned: true, isBigEndian: true);
        });
        Expect.Refused(AuthFailure.BadSignature, await _fixture.DecideAsync(token));
    }

    [Fact]
    public async Task Rs256_OtherPaddingOrHash_IsRefused()
    {
        Func<byte[], byte[]>[] signers =
        [
            data => TestKeys.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            data => TestKeys.Rsa.SignData(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            data => TestKeys.Rsa.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1),
        ];
        foreach (var sign in signers)
        {
            var token = Forge.Sign("""{"alg":"RS256"}""", Forge.Claims(), sign);
            Expect.Refused(AuthFailure.BadSignature, await _fixture.DecideAsync(token));
        }
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Signature_TruncatedOrLengthened_IsRefused(string algorithm)
    {
        var token = algorithm == "RS256" ? Forge.Rs256(Forge.Claims()) : Forge.Es256(Forge.Claims());
        var authentication = await _fixture.CreateAsync(AuthFixture.Options);
        for (var cut = 1; cut < token.Length - token.LastIndexOf('.'); cut++)
        {
            Assert.Null(authentication.Authenticate(AuthFixture.Bearer(token[..^cut])).Principal);
        }

        foreach (var more in (string[])["A", "AA", "AAAA", "=", "==", ".", "\u00e9"])
        {
            Assert.Null(authentication.Authenticate(AuthFixture.Bearer(token + more)).Principal);
        }
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Token_AnyOneCharacterChanged_IsRefused(string algorithm)
    {
        var token = algorithm == "RS256" ? Forge.Rs256(Forge.Claims()) : Forge.Es256(Forge.Claims());
        var authentication = await _fixture.CreateAsync(AuthFixture.Options);
        Expect.LetIn(authentication.Authenticate(AuthFixture.Bearer(token)));
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var other in (char[])['A', 'B', 'Q', '_', '.', '=', '+', '/'])
            {
                var changed = $"{token[..i]}{other}{token[(i + 1)..]}";
                if (other != token[i])
                {
                    Assert.Null(authentication.Authenticate(AuthFixture.Bearer(changed)).Principal);
                }
            }
        }
    }
}
