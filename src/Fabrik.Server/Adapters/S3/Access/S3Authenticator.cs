using Fabrik.Server.Auth;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Server.Adapters.S3.Access;

/// <summary>
/// Who asks, by Signature Version 4 or by a token. A signature is made with an access key of the configuration, or with
/// a token in its place: as the access key id, or as the session token; the secret is then the same token, or the word
/// <c>token</c>. Requests that are not signed show a token as they would at any other door.
/// </summary>
/// <remarks>
/// Where neither a token is required nor an access key is configured everybody is let in, whatever the signature: most
/// clients want some key before they ask. As soon as there are access keys a request needs one of them, or a token.
/// </remarks>
internal sealed class S3Authenticator(ServerServices services)
{
    private const string SharedSecret = "token";

    private readonly SignatureVerifier _verifier = new(SignatureRules.S3, new SigningKeyCache());

    // Without a token only an open door lets in.
    private bool IsOpen => services.Authenticator.AuthenticateToken("").Principal is not null;

    /// <summary>Decides, and writes down who it is.</summary>
    /// <returns>Why nobody is let in; <see langword="null"/> if somebody is.</returns>
    public S3Fault? Authenticate(S3Call call)
    {
        var target = call.Target;
        var request = new SignableRequest(
            call.Http.Request.Method, target.RawPath, target.Query.Raw, new SignedHeaders(call.Http.Request.Headers));
        var finding = SignatureVerifier.Read(request, out var claims);
        call.Claims = claims;
        var hasKeys = call.Options.AccessKeys.Count > 0;
        if (!hasKeys && IsOpen)
        {
            return null;
        }

        if (finding.Fault == SignatureFault.Anonymous)
        {
            return hasKeys && IsOpen
                ? S3Faults.OfToken(AuthFailure.Missing)
                : Admit(call, services.Authenticator.Authenticate(call.Http.Request));
        }

        return finding.IsOk && claims is not null
            ? Verify(call, request, claims)
            : S3Faults.OfSignature(finding, target.Query.Has("X-Amz-Algorithm"));
    }

    private S3Fault? Verify(S3Call call, in SignableRequest request, SignatureClaims claims)
    {
        if (call.Options.FindKey(claims.AccessKeyId) is { } key)
        {
            call.Principal = key.Principal;
            return Verify(call, request, claims, key.Secret);
        }

        var token = claims.SessionToken ?? (IsToken(claims.AccessKeyId) ? claims.AccessKeyId : null);
        if (token is null || IsOpen)
        {
            var unknown = new SignatureFinding(SignatureFault.UnknownKey, "There is no such access key");
            return S3Faults.OfSignature(unknown, claims.IsPresigned);
        }

        return Admit(call, services.Authenticator.AuthenticateToken(token)) is { } refused
            ? refused
            : Verify(call, request, claims, token) is null
                ? null
                : Verify(call, request, claims, SharedSecret);
    }

    private S3Fault? Verify(S3Call call, in SignableRequest request, SignatureClaims claims, string secret)
    {
        var finding = _verifier.Verify(request, claims, secret, services.Time.GetUtcNow());
        if (!finding.IsOk)
        {
            return S3Faults.OfSignature(finding, claims.IsPresigned);
        }

        call.Chunks = () => _verifier.StartChunks(claims, secret);
        return null;
    }

    private static S3Fault? Admit(S3Call call, AuthOutcome outcome)
    {
        if (!outcome.TryGet(out var principal))
        {
            return S3Faults.OfToken(outcome.Failure);
        }

        call.Principal = principal;
        return null;
    }

    private static bool IsToken(string accessKey) => accessKey.AsSpan().Count('.') == 2;
}
