using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fabrik.Server.Auth.Keys;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Keys;

public sealed class PemKeysTests
{
    private static readonly string Rsa = TestKeys.Pem(TestKeys.Rsa);

    private static readonly string Ec = TestKeys.Pem(TestKeys.Ec);

    [Fact]
    public void Read_EveryForm_IsTheSameKey()
    {
        var request = new CertificateRequest("CN=x", TestKeys.Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        string[] forms =
        [
            Rsa,
            $"words before\n{Rsa}\nand after\n",
            Rsa.Replace("\n", "\r\n"),
            TestKeys.Rsa.ExportRSAPublicKeyPem(),
            certificate.ExportCertificatePem(),
        ];
        Assert.All(forms, form =>
        {
            var key = Assert.Single(PemKeys.Read(form, "k").Keys);
            Assert.Equal((TokenAlgorithm.RS256, "k"), (key.Algorithm, key.Kid));
            Assert.Equal(PemKeys.Read(Rsa, null).Keys[0].Fingerprint, key.Fingerprint);
        });
    }

    [Fact]
    public void Read_SeveralKeys_KeepsTheirOrder() =>
        Assert.Equal(
            "RS256 ES256",
            string.Join(' ', PemKeys.Read($"{Rsa}\n{Ec}", null).Keys.Select(key => key.Algorithm)));

    [Fact]
    public void Read_AnyOneBadBlock_FailsTheWholeText()
    {
        const string Damaged = "-----BEGIN PUBLIC KEY-----\nMII*\n-----END PUBLIC KEY-----\n";
        string[] texts =
        [
            $"{Damaged}\n{Rsa}",
            $"{Rsa}\n{Damaged}",
            $"{Rsa}\n{Damaged}\n{Ec}",
            $"-----BEGIN PUBLIC KEY-----\n{Rsa}",
            $"{Rsa}\n{Ec[..^30]}",
            $"{Rsa[..^30]}\n{Ec}",
            Rsa[..100],
            Rsa.Replace("END PUBLIC", "END PRIVATE"),
        ];
        Assert.All(texts, text => Assert.NotNull(PemKeys.Read(text, null).Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData("words")]
    [InlineData("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n")]
    [InlineData("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n")]
    public void Read_NoKey_SaysWhatIsExpected(string text) =>
        Assert.Contains("expected public keys in PEM", PemKeys.Read(text, null).Error);

    [Fact]
    public void Read_PrivateKey_IsRefusedWithoutShowingIt()
    {
        string[] texts =
        [
            TestKeys.Rsa.ExportPkcs8PrivateKeyPem(),
            TestKeys.Rsa.ExportRSAPrivateKeyPem(),
            TestKeys.Ec.ExportECPrivateKeyPem(),
            $"{Rsa}\n{TestKeys.Ec.ExportPkcs8PrivateKeyPem()}",
        ];
        Assert.All(texts, text =>
        {
            var error = PemKeys.Read(text, null).Error;
            Assert.Contains("a private key, which has no place on the server", error);
            Assert.DoesNotContain("MII", error);
        });
    }

    [Fact]
    public void Read_WeakOrForeignKey_IsRefused()
    {
        using var small = RSA.Create(1024);
        using var large = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Contains("of 1024 bits; expected 2048 to 8192", PemKeys.Read(TestKeys.Pem(small), null).Error);
        Assert.Contains("expected P-256", PemKeys.Read(TestKeys.Pem(large), null).Error);

        // Ed25519 (RFC 8410 section 10.1).
        const string Ed25519 = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
        Assert.NotNull(PemKeys.Read($"-----BEGIN PUBLIC KEY-----\n{Ed25519}\n-----END PUBLIC KEY-----\n", null).Error);
    }

    [Fact]
    public void Read_CurveThatNobodyKnows_IsRefused()
    {
        var der = TestKeys.Ec.ExportSubjectPublicKeyInfo();
        var curve = der.AsSpan().IndexOf(Convert.FromHexString("2A8648CE3D030107"));
        der[curve] = 0x52;
        Assert.Contains("cannot be read", PemKeys.Read(PemEncoding.WriteString("PUBLIC KEY", der), null).Error);
    }

    [Fact]
    public void Read_BytesAfterTheKey_IsRefused()
    {
        byte[] longer = [.. TestKeys.Rsa.ExportSubjectPublicKeyInfo(), 0];
        var text = PemEncoding.WriteString("PUBLIC KEY", longer);
        Assert.Contains("1 bytes after its key", PemKeys.Read(text, null).Error);
        text = PemEncoding.WriteString("RSA PUBLIC KEY", [.. TestKeys.Rsa.ExportRSAPublicKey(), 0]);
        Assert.Contains("1 bytes after its key", PemKeys.Read(text, null).Error);
    }

    [Fact]
    public void Read_PointNotOnTheCurve_IsRefused()
    {
        var der = TestKeys.Ec.ExportSubjectPublicKeyInfo();
        der[^1] ^= 1;
        Assert.NotNull(PemKeys.Read(PemEncoding.WriteString("PUBLIC KEY", der), null).Error);
    }

    [Fact]
    public void Read_MoreKeysThanTheLimit_IsRefused()
    {
        var text = string.Concat(Enumerable.Repeat(Ec + "\n", 257));
        Assert.Equal("more than 256 keys", PemKeys.Read(text, null).Error);
    }
}
