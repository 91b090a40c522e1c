using System.Security.Cryptography;
using System.Text;

namespace Fabrik.Wire.S3.Signing;

/// <summary>
/// The server's half of Signature Version 4: reads what a request claims, and holds it against the secret. Both the
/// header form and the presigned form. Safe to share between threads.
/// </summary>
/// <param name="rules">How the service signs; the region is checked if it is given.</param>
/// <param name="keys">Where derived keys are kept.</param>
public sealed class SignatureVerifier(SignatureRules rules, SigningKeyCache keys)
{
    /// <summary>
    /// Reads the signature of a request. Ok gives claims; <see cref="SignatureFault.Anonymous"/> means that there is no
    /// signature (any other scheme in the Authorization header counts as none).
    /// </summary>
    public static SignatureFinding Read(in SignableRequest request, out SignatureClaims? claims) =>
        SignatureReader.Read(request, out claims);

    /// <summary>Whether the request was signed with this secret, for this place and time.</summary>
    /// <param name="request">The request.</param>
    /// <param name="claims">What <see cref="Read"/> gave for it.</param>
    /// <param name="secret">The secret that belongs to the access key.</param>
    /// <param name="now">The time.</param>
    public SignatureFinding Verify(
        in SignableRequest request, SignatureClaims claims, string secret, DateTimeOffset now)
    {
        var finding = CheckScope(claims);
        finding = finding.IsOk ? CheckTime(claims, now) : finding;
        finding = finding.IsOk ? CheckCoverage(request.Headers, claims) : finding;
        return finding.IsOk ? CheckSignature(request, claims, secret) : finding;
    }

    /// <summary>The chain of the request's chunk signatures: starts with the signature of its head.</summary>
    /// <param name="claims">What <see cref="Read"/> gave, verified.</param>
    /// <param name="secret">The secret that belongs to the access key.</param>
    public ChunkSigner StartChunks(SignatureClaims claims, string secret) =>
        new(keys.Get(claims.Scope, secret), claims.Time, claims.Scope, claims.Signature);

    private SignatureFinding CheckScope(SignatureClaims claims)
    {
        var scope = claims.Scope;
        var wrong = scope.Service != rules.Service ? $"the service '{scope.Service}', expected '{rules.Service}'"
            : rules.Region is not null && scope.Region != rules.Region
                ? $"the region '{scope.Region}', expected '{rules.Region}'"
            : scope.Day != AmzDate.DayOf(claims.Time) ? "another day than the request's date"
            : null;
        return wrong is null
            ? SignatureFinding.Ok
            : new SignatureFinding(SignatureFault.WrongScope, $"the credential is for {wrong}");
    }

    private SignatureFinding CheckTime(SignatureClaims claims, DateTimeOffset now)
    {
        if (claims.Expires is not { } expires)
        {
            return (now - claims.Time).Duration() > rules.MaxSkew
                ? new SignatureFinding(
                    SignatureFault.TooSkewed,
                    $"the request was signed at {AmzDate.Format(claims.Time)}, more than "
                    + $"{rules.MaxSkew.TotalMinutes} minutes from {AmzDate.Format(now)}")
                : SignatureFinding.Ok;
        }

        if (expires <= TimeSpan.Zero || expires > rules.MaxExpiry)
        {
            return SignatureFinding.Malformed(
                $"X-Amz-Expires is not between 1 and {rules.MaxExpiry.TotalSeconds} seconds");
        }

        return claims.Time - now > rules.MaxSkew
            ? new SignatureFinding(SignatureFault.NotYetValid, "the time of the presigned request has not come")
            : now - claims.Time > expires
                ? new SignatureFinding(SignatureFault.Expired, "the presigned request has expired")
                : SignatureFinding.Ok;
    }

    private static SignatureFinding CheckCoverage(IRequestHeaders headers, SignatureClaims claims)
    {
        if (!claims.Covers("host"))
        {
            return new SignatureFinding(SignatureFault.UnsignedHeader, "the header 'host' is not signed");
        }

        foreach (var name in headers.Names)
        {
            // The payload's hash is the last line of what is signed, whether its header is listed or not.
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("x-amz-content-sha256", StringComparison.OrdinalIgnoreCase)
                && !claims.Covers(name))
            {
                return new SignatureFinding(SignatureFault.UnsignedHeader, $"the header '{name}' is not signed");
            }
        }

        return SignatureFinding.Ok;
    }

    private SignatureFinding CheckSignature(in SignableRequest request, SignatureClaims claims, string secret)
    {
        var hash = claims.PayloadHash ?? (claims.IsPresigned ? rules.PresignedPayloadHash : null);
        if (hash is null)
        {
            return SignatureFinding.Missing("x-amz-content-sha256");
        }

        var key = keys.Get(claims.Scope, secret);
        var path = new CanonicalBuffer(stackalloc byte[512]);
        var isMatch = false;
        if (rules.NormalizePath || rules.DoubleEncode)
        {
            CanonicalPath.AppendGeneral(ref path, request.RawPath, rules);
            isMatch = IsMatch(request, path.Written, claims, hash, key);
        }
        else
        {
            CanonicalPath.AppendAsSent(ref path, request.RawPath);
            isMatch = IsMatch(request, path.Written, claims, hash, key);
            var sent = path.Length;
            isMatch = isMatch
                || (CanonicalPath.TryAppendReencoded(ref path, request.RawPath)
                    && !path.Written[sent..].SequenceEqual(path.Written[..sent])
                    && IsMatch(request, path.Written[sent..], claims, hash, key));
        }

        path.Dispose();
        return isMatch
            ? SignatureFinding.Ok
            : new SignatureFinding(
                SignatureFault.SignatureMismatch, "the signature is not the one that the secret key gives");
    }

    private static bool IsMatch(
        in SignableRequest request, ReadOnlySpan<byte> path, SignatureClaims claims, string hash, byte[] key)
    {
        var canonical = new CanonicalBuffer(stackalloc byte[1024]);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> hex = stackalloc byte[HMACSHA256.HashSizeInBytes * 2];
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes * 2];
        var isMatch = false;
        if (CanonicalRequest.TryWrite(ref canonical, request, path, claims.SignedHeaders, hash))
        {
            CanonicalRequest.Sign(canonical.Written, claims.Time, claims.Scope, key, expected);
            Convert.TryToHexStringLower(expected, hex, out _);
            Encoding.ASCII.GetBytes(claims.Signature, given);
            isMatch = CryptographicOperations.FixedTimeEquals(hex, given);
        }

        canonical.Dispose();
        return isMatch;
    }
}
