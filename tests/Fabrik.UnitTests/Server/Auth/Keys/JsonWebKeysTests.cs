using System.Text;
using Fabrik.Server.Auth.Keys;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Keys;

public sealed class JsonWebKeysTests
{
    private static readonly string Good = TestKeys.Jwk(TestKeys.Ec, "good");

    [Fact]
    public void Read_EveryType_IsTheKeyThatPemHas()
    {
        var keys = Read(TestKeys.Jwks(TestKeys.Jwk(TestKeys.Rsa, "r"), Good, TestKeys.Jwk(TestKeys.Secret, "s"))).Keys;
        Assert.Equal(
            "RS256 r, ES256 good, HS256 s", string.Join(", ", keys.Select(key => $"{key.Algorithm} {key.Kid}")));
        Assert.Equal(PemKeys.Read(TestKeys.Pem(TestKeys.Rsa), null).Keys[0].Fingerprint, keys[0].Fingerprint);
        Assert.Equal(PemKeys.Read(TestKeys.Pem(TestKeys.Ec), null).Keys[0].Fingerprint, keys[1].Fingerprint);
    }

    [Theory]
    [InlineData(",\"use\":\"sig\"")]
    [InlineData(",\"alg\":\"ES256\"")]
    [InlineData(",\"key_ops\":[\"sign\",\"verify\"]")]
    [InlineData(",\"x5c\":[\"x\"],\"x5t\":\"y\",\"other\":{\"a\":[1]}")]
    public void Read_MembersThatAgree_AreTaken(string more) =>
        Assert.Single(Read(TestKeys.Jwks(TestKeys.Jwk(TestKeys.Ec, "k", more))).Keys);

    [Theory]
    [InlineData(",\"use\":\"enc\"", "another use")]
    [InlineData(",\"use\":null", "another use")]
    [InlineData(",\"key_ops\":[\"encrypt\"]", "other operations")]
    [InlineData(",\"key_ops\":\"verify\"", "other operations")]
    [InlineData(",\"alg\":\"RS256\"", "another algorithm")]
    [InlineData(",\"alg\":\"HS256\"", "another algorithm")]
    [InlineData(",\"alg\":1", "another algorithm")]
    [InlineData(",\"d\":\"AAAA\"", "a private key")]
    public void Read_MembersThatDisagree_LeaveTheKeyOut(string more, string reason)
    {
        var reading = Read(TestKeys.Jwks(TestKeys.Jwk(TestKeys.Ec, "k", more), Good));
        Assert.Equal("good", Assert.Single(reading.Keys).Kid);
        Assert.Contains(reason, Assert.Single(reading.Skipped));
        Assert.StartsWith("keys[0] is ", reading.Skipped[0]);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"EC","crv":"P-384","x":"AAAA","y":"AAAA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256"}""")]
    [InlineData("""{"kty":"RSA","n":"AQAB","e":"AQAB"}""")]
    [InlineData("""{"kty":"RSA","e":"AQAB"}""")]
    [InlineData("""{"kty":"RSA","n":"","e":"AQAB"}""")]
    [InlineData("""{"kty":"RSA","n":"+/==","e":"AQAB"}""")]
    [InlineData("""{"kty":"RSA","n":1,"e":2}""")]
    [InlineData("""{"kty":"rsa"}""")]
    [InlineData("""{"kty":"oct","k":"c2hvcnQ"}""")]
    [InlineData("""{"kty":"oct"}""")]
    [InlineData("""{"kty":"RSA","kid":7}""")]
    [InlineData("""{"kty":"RSA","kid":""}""")]
    [InlineData("""{"kty":"\ud800"}""")]
    public void Read_KeyThatCannotBeUsed_IsLeftOutBesideAGoodOne(string key)
    {
        var reading = Read(TestKeys.Jwks(key, Good));
        Assert.Equal("good", Assert.Single(reading.Keys).Kid);
        Assert.Single(reading.Skipped);
        Assert.Contains("no usable key; keys[0] is ", Read(TestKeys.Jwks(key)).Error);
    }

    [Theory]
    [InlineData("AQ")]
    [InlineData("Ag")]
    [InlineData("AA")]
    [InlineData("AQAA")]
    [InlineData("AQAAAAE")]
    public void Read_RsaExponentOfOneEvenOrHuge_IsLeftOut(string exponent)
    {
        var modulus = Forge.Encode(TestKeys.Rsa.ExportParameters(false).Modulus!);
        Assert.NotNull(Read(TestKeys.Jwks($$"""{"kty":"RSA","n":"{{modulus}}","e":"{{exponent}}"}""")).Error);
    }

    [Fact]
    public void Read_RsaTooLarge_IsLeftOut()
    {
        byte[] modulus = [0x80, .. new byte[1024], 1];
        var reading = Read(TestKeys.Jwks($$"""{"kty":"RSA","n":"{{Forge.Encode(modulus)}}","e":"AQAB"}"""));
        Assert.Contains("an RSA key of 8208 bits; expected 2048 to 8192", reading.Error);
    }

    [Fact]
    public void Read_PointNotOnTheCurve_IsLeftOut()
    {
        var point = TestKeys.Ec.ExportParameters(false).Q;
        byte[] y = [.. point.Y!];
        y[31] ^= 1;
        foreach (var other in (byte[][])[y, new byte[32]])
        {
            var key = $$"""{"kty":"EC","crv":"P-256","x":"{{Forge.Encode(point.X!)}}","y":"{{Forge.Encode(other)}}"}""";
            Assert.Contains("not a point on P-256", Read(TestKeys.Jwks(key)).Error);
        }
    }

    [Fact]
    public void Read_SecretFromElsewhere_IsLeftOut()
    {
        var json = Encoding.UTF8.GetBytes(TestKeys.Jwks(TestKeys.Jwk(TestKeys.Secret, "s"), Good));
        var reading = JsonWebKeys.Read(json, allowSecrets: false);
        Assert.Equal("good", Assert.Single(reading.Keys).Kid);
        Assert.Contains("secrets are taken from a file only", Assert.Single(reading.Skipped));
        Assert.DoesNotContain(Forge.Encode(TestKeys.Secret), reading.Skipped[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"keys\":{}}")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":[]")]
    [InlineData("{\"keys\":[],\"keys\":[]}")]
    [InlineData("<html>")]
    [InlineData("{\"keys\":[[[[[[[[[[]]]]]]]]]]}")]
    public void Read_NoSet_IsAnError(string json) => Assert.NotNull(Read(json).Error);

    [Fact]
    public void Read_MoreKeysThanTheLimit_IsRefused() =>
        Assert.Equal("more than 256 keys", Read(TestKeys.Jwks([.. Enumerable.Repeat(Good, 257)])).Error);

    [Fact]
    public void Read_PaddedModulus_IsTheSameKey()
    {
        var numbers = TestKeys.Rsa.ExportParameters(false);
        byte[] modulus = [0, .. numbers.Modulus!];
        var key = $$"""{"kty":"RSA","n":"{{Forge.Encode(modulus)}}","e":"AAEAAQ"}""";
        var read = Assert.Single(Read(TestKeys.Jwks(key)).Keys);
        Assert.Equal(PemKeys.Read(TestKeys.Pem(TestKeys.Rsa), null).Keys[0].Fingerprint, read.Fingerprint);
    }

    private static KeyReading Read(string json) => JsonWebKeys.Read(Encoding.UTF8.GetBytes(json), allowSecrets: true);
}
