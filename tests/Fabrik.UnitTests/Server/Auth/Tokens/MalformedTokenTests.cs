using System.Text;
using Fabrik.Server.Auth;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Tokens;

/// <summary>Tokens whose form is wrong although the signature over them is good, as far as there can be one.</summary>
public sealed class MalformedTokenTests : IAsyncDisposable
{
    private readonly AuthFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData("a")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b")]
    [InlineData("a.b.")]
    [InlineData(".b.c")]
    [InlineData("a..c")]
    [InlineData("a.b.c.d")]
    [InlineData("a.b.c.d.e")]
    [InlineData("e30.e30.e30")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task Token_NotOfThreeParts_IsMalformed(string token) =>
        Expect.Refused(AuthFailure.Malformed, await _fixture.DecideAsync(token));

    [Theory]
    [InlineData("""{"alg":"RS256","crit":["exp"]}""")]
    [InlineData("""{"alg":"RS256","crit":[]}""")]
    [InlineData("""{"alg":"RS256","crit":["b64"],"b64":false}""")]
    [InlineData("""{"alg":"RS256","alg":"RS256"}""")]
    [InlineData("""{"alg":"RS256","\u0061lg":"none"}""")]
    [InlineData("""{"alg":"RS256","typ":"JWE"}""")]
    [InlineData("""{"alg":"RS256","typ":"dpop+jwt"}""")]
    [InlineData("""{"alg":"RS256","typ":null}""")]
    [InlineData("""{"alg":"RS256","kid":1}""")]
    [InlineData("""{"alg":"RS256","kid":""}""")]
    [InlineData("""{"alg":"RS256","kid":null}""")]
    [InlineData("""{"alg":"RS256","kid":["a"]}""")]
    [InlineData("""{"alg":"RS256","kid":"\ud800"}""")]
    [InlineData("""{"alg":"RS256","\ud800":1}""")]
    [InlineData("""{"alg":"RS256"} """ + "x")]
    [InlineData("""{"alg":"RS256",}""")]
    [InlineData("""{"alg":"RS256"/**/}""")]
    [InlineData("""["RS256"]""")]
    [InlineData("\"RS256\"")]
    [InlineData("\ufeff{\"alg\":\"RS256\"}")]
    [InlineData("""{"alg":"RS256","x":[[[[[[[[[[1]]]]]]]]]]}""")]
    public async Task Header_NotAccepted_IsMalformed(string header) =>
        Expect.Refused(
            AuthFailure.Malformed, await _fixture.DecideAsync(Forge.Rs256WithHeader(header, Forge.Claims())));

    [Theory]
    [InlineData("""{"typ":"JWT","alg":"RS256"}""")]
    [InlineData("""{"typ":"jwt","alg":"RS256"}""")]
    [InlineData("""{"typ":"at+jwt","alg":"RS256"}""")]
    [InlineData("""{"alg":"RS256","cty":"JWT","x":{"y":[1]}}""")]
    [InlineData(" { \"alg\" : \"RS256\" } ")]
    [InlineData("""{"alg":"\u0052S256"}""")]
    public async Task Header_Accepted_IsLetIn(string header) =>
        Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256WithHeader(header, Forge.Claims())));

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("{\"exp\":99999999999,}")]
    [InlineData("{\"exp\":99999999999}{}")]
    [InlineData("{\"exp\":99999999999,\"exp\":1}")]
    [InlineData("{\"exp\":1,\"\\u0065xp\":99999999999}")]
    [InlineData("{\"exp\":99999999999,\"a\":{\"b\":1,\"b\":2}}")]
    [InlineData("{\"exp\":99999999999,\"sub\":\"a\",\"sub\":\"b\"}")]
    [InlineData("{\"exp\":99999999999,\"permissions\":[],\"permissions\":[\"admin\"]}")]
    [InlineData("{\"exp\":99999999999,\"\\udc00\":1}")]
    [InlineData("{\"exp\":99999999999,\"a\":[[[[[[[[[[]]]]]]]]]]}")]
    [InlineData("{\"exp\":NaN}")]
    [InlineData("{\"exp\":0x10}")]
    [InlineData("{\"exp\":+1}")]
    public async Task Claims_NotOneStrictObject_AreMalformed(string claims) =>
        Expect.Refused(AuthFailure.Malformed, await _fixture.DecideAsync(Forge.Rs256(claims)));

    [Fact]
    public async Task Claims_NotUtf8_AreMalformed()
    {
        byte[][] texts =
        [
            [0xEF, 0xBB, 0xBF, .. "{}"u8],
            [.. "{\"exp\":99999999999,\"sub\":\""u8, 0xFF, .. "\"}"u8],
            [.. "{\"exp\":99999999999,\"sub\":\""u8, 0xC0, 0xAF, .. "\"}"u8],
            [.. "{\"exp\":99999999999,\"sub\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8],
            Encoding.Unicode.GetBytes(Forge.Claims()),
            new byte[16],
        ];
        foreach (var text in texts)
        {
            var token = Forge.SignBytes("{\"alg\":\"RS256\"}"u8.ToArray(), text, Rs256);
            Expect.Refused(AuthFailure.Malformed, await _fixture.DecideAsync(token));
        }
    }

    [Fact]
    public async Task Base64Url_OtherSpellings_AreRefused()
    {
        // Of three bytes more or less, so that every length modulo four comes up.
        foreach (var name in (string[])["", "a", "ab", "abc"])
        {
            var parts = Forge.Rs256(Forge.Claims($",\"x\":\"{name}?>?>~~\"")).Split('.');
            for (var part = 0; part < 3; part++)
            {
                foreach (var other in Spellings(parts[part]))
                {
                    var token = string.Join('.', parts.Select((text, i) => i == part ? other : text));
                    Assert.Null((await _fixture.DecideAsync(token)).Principal);
                }
            }
        }
    }

    [Fact]
    public async Task Token_LongerThanTheLimit_IsRefusedHoweverItComes()
    {
        var token = Forge.Rs256(Forge.Claims($",\"x\":\"{new string('y', 3000)}\""));
        var authentication = await _fixture.CreateAsync(AuthFixture.Options with { MaxTokenSize = token.Length - 1 });
        var basic = Convert.ToBase64String(Encoding.ASCII.GetBytes($"user:{token}"));
        Expect.Refused(AuthFailure.Malformed, authentication.Authenticate(AuthFixture.Bearer(token)));
        Expect.Refused(AuthFailure.Malformed, authentication.Authenticate(AuthFixture.Request($"Basic {basic}")));
        Expect.Refused(AuthFailure.Malformed, authentication.Authenticate(AuthFixture.Query($"?token={token}")));
        authentication = await _fixture.CreateAsync(AuthFixture.Options with { MaxTokenSize = token.Length });
        Expect.LetIn(authentication.Authenticate(AuthFixture.Bearer(token)));
        Expect.LetIn(authentication.Authenticate(AuthFixture.Request($"Basic {basic}")));
    }

    [Fact]
    public async Task Header_LongerThanTheLimit_IsMalformed()
    {
        var header = $$"""{"alg":"RS256","x":"{{new string('y', 2100)}}"}""";
        Expect.Refused(
            AuthFailure.Malformed, await _fixture.DecideAsync(Forge.Rs256WithHeader(header, Forge.Claims())));
        header = $$"""{"alg":"RS256","kid":"{{new string('k', 257)}}"}""";
        Expect.Refused(
            AuthFailure.Malformed, await _fixture.DecideAsync(Forge.Rs256WithHeader(header, Forge.Claims())));
    }

    private static byte[] Rs256(byte[] data) => TestKeys.Rsa.SignData(
        data,
        System.Security.Cryptography.HashAlgorithmName.SHA256,
        System.Security.Cryptography.RSASignaturePadding.Pkcs1);

    private static IEnumerable<string> Spellings(string text)
    {
        yield return text + "=";
        yield return text + "==";
        yield return text + "\n";
        yield return "\t" + text;
        yield return text.Insert(text.Length / 2, "%");
        yield return text.Insert(text.Length / 2, "\u2010");
        const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        if (text.Length % 4 != 0)
        {
            // The last digit has bits to spare: another digit with the same bits that count.
            yield return text[..^1] + Digits[Digits.IndexOf(text[^1]) ^ 1];
        }

        if (text.AsSpan().ContainsAny('-', '_'))
        {
            yield return text.Replace('-', '+').Replace('_', '/');
        }
    }
}
