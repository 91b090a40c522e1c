using System.Text;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>
/// Takes the token <c>rw</c> (reads and writes), <c>ro</c> (reads), <c>wo</c> (writes), <c>all</c> (everything), or
/// <c>tenant:NAME</c> and <c>scope:OWN,BASE</c>, as bearer token or as the password of Basic. Without a token,
/// <see cref="Open"/> decides.
/// </summary>
internal sealed class TestAuthenticator : IRequestAuthenticator
{
    /// <summary>Whether a request without a token may do everything.</summary>
    public bool Open { get; set; }

    /// <summary>Whether every token may do everything.</summary>
    public bool TakesAny { get; set; }

    /// <summary>Whether what stands behind a dot says nothing: tokens that look like a JWT.</summary>
    public bool IgnoresSuffix { get; set; }

    public AuthOutcome Authenticate(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.Split(' ', 2) switch
        {
            _ when TakesAny => CachePrincipal.Anonymous,
            ["Bearer", var token] => Read(token),
            ["Basic", var pair] => Read(Encoding.UTF8.GetString(Convert.FromBase64String(pair)).Split(':')[1]),
            _ when Open => CachePrincipal.Anonymous,
            _ => AuthFailure.Missing,
        };
    }

    public AuthOutcome AuthenticateToken(ReadOnlySpan<char> token) =>
        TakesAny || (Open && token.IsEmpty) ? CachePrincipal.Anonymous
        : token.IsEmpty ? AuthFailure.Missing
        : Read(IgnoresSuffix ? token.ToString().Split('.')[0] : token.ToString());

    private static AuthOutcome Read(string token) =>
        Find(token) is { } principal ? principal : AuthFailure.BadSignature;

    private static CachePrincipal? Find(string token) => token.Split(':') switch
    {
        ["rw"] => Holding(Permissions.Read | Permissions.Write),
        ["ro"] => Holding(Permissions.Read),
        ["wo"] => Holding(Permissions.Write),
        ["all"] => Holding(Permissions.All),
        ["tenant", var name] => Holding(Permissions.Read | Permissions.Write) with { Tenant = name },
        ["scope", var names] => Holding(Permissions.Read | Permissions.Write) with
        {
            WriteScope = names.Split(',')[0],
            ReadScopes = names.Split(','),
        },
        _ => null,
    };

    private static CachePrincipal Holding(Permissions permissions) =>
        new() { Subject = "test", Permissions = permissions };
}
