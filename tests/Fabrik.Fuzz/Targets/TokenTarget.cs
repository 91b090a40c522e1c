using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Fabrik.Server.Auth;
using Fabrik.Server.Auth.Tokens;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// The parts of tokens behind a good signature: header, claims and credentials. An input is a header, a zero byte and
/// claims; what is let in keeps the rules about names, and claims decide the same way twice.
/// </summary>
internal sealed class TokenTarget : IFuzzTarget
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);

    private readonly ClaimRules _rules = new(new AuthOptions
    {
        Audience = ["fabrik"],
        TenantClaim = "project_id",
        WriteScopeClaim = "ref",
        ReadScopesClaim = "base",
        RequireExpiry = false,
    });

    public string Name => "token";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.UTF8.GetBytes("""
            {"alg":"RS256","typ":"JWT","kid":"a"}
            """ + "\0" + """
            {"sub":"é","exp":1900000060,"nbf":1.5e9,"iat":1,"aud":["x","fabrik"],"project_id":7,"ref":"pr/7",
             "base":["main",""],"permissions":["cache:read","admin"]}
            """),
        Encoding.UTF8.GetBytes("""
            {"alg":"\u0045S256"}
            """ + "\0" + """
            {"aud":"fabrik","project_id":"a/b","ref":"","base":"\u006dain","scope":"cache:write admin"}
            """),
        "eyJhbGciOiJSUzI1NiJ9.e30.AAAA\0eyJhbGciOiJub25lIn0.."u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var zero = input.IndexOf((byte)0);
        var header = zero < 0 ? input : input[..zero];
        var claims = zero < 0 ? input : input[(zero + 1)..];
        if (TokenHeader.TryParse(header.ToArray(), out var read) && read.Kid is { } kid && kid.Length is 0 or > 256)
        {
            throw new InvalidDataException($"a kid of {kid.Length} characters");
        }

        if (StrictJson.TryParse(claims.ToArray(), out var document))
        {
            using (document)
            {
                Admit(document.RootElement);
            }
        }

        Split(header);
    }

    private void Admit(JsonElement claims)
    {
        var isAdmitted = _rules.TryAdmit(claims, Now, out var verdict, out var failure);
        Expect(isAdmitted == _rules.TryAdmit(claims, Now, out _, out var again) && failure == again, "two answers");
        if (!isAdmitted)
        {
            return;
        }

        Expect(verdict.Principal is not null, "kept out although there are no conditions");
        var principal = verdict.Principal!;
        Expect(verdict.NotAfter > Now, "let in although expired");
        Expect(ClaimText.IsName(principal.Tenant), "a tenant that is no name");
        Expect(principal.WriteScope.Length == 0 || ClaimText.IsName(principal.WriteScope), "a scope that is no name");
        Expect(principal.ReadScopes.Contains("", StringComparer.Ordinal), "the default scope is not read");
        Expect(principal.ReadScopes[0] == principal.WriteScope, "the own scope is not read first");
        Expect(
            principal.ReadScopes.Distinct(StringComparer.Ordinal).Count() == principal.ReadScopes.Count,
            "a scope is read twice");
    }

    // A token reads back from its parts, and each part has one spelling.
    private static void Split(ReadOnlySpan<byte> token)
    {
        if (!CompactToken.TrySplit(token, out var parts))
        {
            return;
        }

        Expect(
            parts.Header.Length + parts.Payload.Length + parts.Signature.Length + 2 == token.Length, "lost characters");
        Span<byte> decoded = new byte[StrictBase64Url.DecodedLength(parts.Payload.Length)];
        if (StrictBase64Url.TryDecode(parts.Payload, decoded, out var length))
        {
            var encoded = Base64Url.EncodeToUtf8(decoded[..length]);
            Expect(parts.Payload.SequenceEqual(encoded), "a second spelling");
        }
    }

    private static void Expect(bool holds, string problem)
    {
        if (!holds)
        {
            throw new InvalidDataException(problem);
        }
    }
}
