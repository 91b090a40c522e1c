using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fabrik.Wire.S3.Signing;

/// <summary>What signing a request gave.</summary>
/// <param name="Authorization">The value of the Authorization header.</param>
/// <param name="Signature">The signature alone: the seed of the chain where chunks are signed.</param>
public readonly record struct RequestSignature(string Authorization, string Signature);

/// <summary>
/// The client's half of Signature Version 4. The caller has put <c>x-amz-date</c>, and for S3
/// <c>x-amz-content-sha256</c> and <c>x-amz-security-token</c>, into the request. Safe to share between threads.
/// </summary>
/// <param name="credentials">The access key.</param>
/// <param name="region">The region of the endpoint.</param>
/// <param name="keys">Where derived keys are kept.</param>
/// <param name="rules">How the service signs; those of S3 if null.</param>
public sealed class RequestSigner(
    SigningCredentials credentials, string region, SigningKeyCache keys, SignatureRules? rules = null)
{
    private readonly SignatureRules _rules = rules ?? SignatureRules.S3;

    /// <summary>Signs a request by its header.</summary>
    /// <param name="request">The request; its path and query go over the wire exactly as they are here.</param>
    /// <param name="signedHeaders">Names to sign, lower-case, sorted, between semicolons; with <c>host</c>.</param>
    /// <param name="payloadHash">The value of <c>x-amz-content-sha256</c>: see <see cref="Payloads"/>.</param>
    /// <param name="time">The time; the same as in <c>x-amz-date</c>.</param>
    public RequestSignature Sign(
        in SignableRequest request, string signedHeaders, string payloadHash, DateTimeOffset time)
    {
        var scope = ScopeAt(time);
        var signature = SignatureOf(request, signedHeaders, payloadHash, time);
        return new RequestSignature(
            $"{SignatureReader.Algorithm} Credential={credentials.AccessKeyId}/{scope}, "
            + $"SignedHeaders={signedHeaders}, Signature={signature}",
            signature);
    }

    /// <summary>Signs a request by its query, which is good for a while for everyone who has it.</summary>
    /// <param name="request">The request with the query that it shall have, less what signing adds.</param>
    /// <param name="signedHeaders">As for <see cref="Sign"/>; mostly <c>host</c> alone.</param>
    /// <param name="expires">How long it is good for: 1 to 604,800 seconds.</param>
    /// <param name="time">The time from which it is good.</param>
    /// <param name="payloadHash">The hash of the payload; null for what the service takes for unknown ones.</param>
    /// <returns>The whole query, without <c>?</c>.</returns>
    public string Presign(
        in SignableRequest request,
        string signedHeaders,
        TimeSpan expires,
        DateTimeOffset time,
        string? payloadHash = null)
    {
        var seconds = (long)expires.TotalSeconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 1, nameof(expires));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(expires, _rules.MaxExpiry);
        var query = new StringBuilder(request.RawQuery);
        query.Append(query.Length > 0 ? "&" : "").Append("X-Amz-Algorithm=").Append(SignatureReader.Algorithm);
        Add(query, "X-Amz-Credential", $"{credentials.AccessKeyId}/{ScopeAt(time)}");
        Add(query, "X-Amz-Date", AmzDate.Format(time));
        Add(query, "X-Amz-Expires", seconds.ToString(CultureInfo.InvariantCulture));
        if (credentials.SessionToken is { } token)
        {
            Add(query, "X-Amz-Security-Token", token);
        }

        Add(query, "X-Amz-SignedHeaders", signedHeaders);
        var presigned = request with { RawQuery = query.ToString() };
        var signature = SignatureOf(presigned, signedHeaders, payloadHash ?? _rules.PresignedPayloadHash, time);
        return query.Append("&X-Amz-Signature=").Append(signature).ToString();
    }

    /// <summary>The chain of the chunk signatures of a request that was signed.</summary>
    /// <param name="seed">The signature of the request's head.</param>
    /// <param name="time">The time it was signed with.</param>
    public ChunkSigner StartChunks(RequestSignature seed, DateTimeOffset time)
    {
        var scope = ScopeAt(time);
        return new ChunkSigner(keys.Get(scope, credentials.Secret), time, scope, seed.Signature);
    }

    private CredentialScope ScopeAt(DateTimeOffset time) => new(AmzDate.DayOf(time), region, _rules.Service);

    private string SignatureOf(
        in SignableRequest request, string signedHeaders, string payloadHash, DateTimeOffset time)
    {
        var scope = ScopeAt(time);
        var canonical = new CanonicalBuffer(stackalloc byte[1024]);
        var path = new CanonicalBuffer(stackalloc byte[512]);
        CanonicalPath.AppendGeneral(ref path, request.RawPath, _rules);
        if (!CanonicalRequest.TryWrite(ref canonical, request, path.Written, signedHeaders, payloadHash))
        {
            throw new ArgumentException("the query has a broken escape or too many parameters", nameof(request));
        }

        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        CanonicalRequest.Sign(canonical.Written, time, scope, keys.Get(scope, credentials.Secret), signature);
        path.Dispose();
        canonical.Dispose();
        return Convert.ToHexStringLower(signature);
    }

    private static void Add(StringBuilder query, string name, string value) =>
        query.Append('&').Append(name).Append('=').Append(S3Uri.EncodeQuery(value));
}
