using System.Buffers;
using System.Security.Cryptography;
using Fabrik.Server.Auth.Keys;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>
/// Decides on a token (RFC 7515 section 5.2, RFC 8725): first its form and header, then a key that goes with both,
/// then the signature, and only then what it claims.
/// </summary>
internal sealed class TokenVerifier(KeyRing ring, AuthOptions options, TimeProvider time, AuthMetrics metrics)
{
    private readonly ClaimRules _rules = new(options);

    /// <summary>Decides; a token that was good before costs a hash and a look-up.</summary>
    public AuthOutcome Verify(ReadOnlySpan<byte> token)
    {
        if (token.Length > options.MaxTokenSize)
        {
            return AuthFailure.Malformed;
        }

        var started = metrics.Start();
        var now = time.GetUtcNow();
        var keys = ring.Current;
        Span<byte> digest = stackalloc byte[VerdictCache.DigestLength];
        SHA256.HashData(token, digest);
        if (keys.Verdicts.TryGet(digest, out var known))
        {
            metrics.Verified(started, cached: true);
            return now < known.NotAfter ? known.Outcome : AuthFailure.Expired;
        }

        var outcome = VerifyNew(token, keys, now, out var verdict);
        if (verdict is { } decided)
        {
            keys.Verdicts.Add(digest, decided, now);
        }

        metrics.Verified(started, cached: false);
        return outcome;
    }

    private AuthOutcome VerifyNew(
        ReadOnlySpan<byte> token, KeySnapshot keys, DateTimeOffset now, out Verdict? verdict)
    {
        verdict = null;
        if (!CompactToken.TrySplit(token, out var parts)
            || !TryReadHeader(parts.Header, out var header)
            || (options.Algorithm is { } only && header.Algorithm != only))
        {
            return AuthFailure.Malformed;
        }

        var candidates = keys.Find(header);
        if (candidates.IsEmpty)
        {
            if (!keys.Knows(header.Kid))
            {
                ring.RefreshEarly();
            }

            return AuthFailure.UnknownKey;
        }

        Span<byte> signature = stackalloc byte[AuthLimits.SignatureBytes];
        if (!StrictBase64Url.TryDecode(parts.Signature, signature, out var length))
        {
            return AuthFailure.Malformed;
        }

        foreach (var key in candidates)
        {
            if (key.Verify(parts.SigningInput, signature[..length]))
            {
                return ReadClaims(parts.Payload, now, out verdict);
            }
        }

        return AuthFailure.BadSignature;
    }

    private AuthOutcome ReadClaims(ReadOnlySpan<byte> encoded, DateTimeOffset now, out Verdict? verdict)
    {
        verdict = null;
        var buffer = ArrayPool<byte>.Shared.Rent(StrictBase64Url.DecodedLength(encoded.Length));
        try
        {
            if (!StrictBase64Url.TryDecode(encoded, buffer, out var length)
                || !StrictJson.TryParse(buffer.AsMemory(0, length), out var claims))
            {
                return AuthFailure.Malformed;
            }

            using (claims)
            {
                if (!_rules.TryAdmit(claims.RootElement, now, out var admitted, out var failure))
                {
                    return failure;
                }

                verdict = admitted;
                return admitted.Outcome;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> encoded, out TokenHeader header)
    {
        header = default;
        if (StrictBase64Url.DecodedLength(encoded.Length) > AuthLimits.HeaderBytes)
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(AuthLimits.HeaderBytes);
        try
        {
            return StrictBase64Url.TryDecode(encoded, buffer, out var length)
                && TokenHeader.TryParse(buffer.AsMemory(0, length), out header);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
