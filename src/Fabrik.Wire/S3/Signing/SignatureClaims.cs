namespace Fabrik.Wire.S3.Signing;

/// <summary>What the signature of a request says of itself, before anybody believes it.</summary>
public sealed class SignatureClaims
{
    /// <summary>The public half of the access key; may be any text without a comma or a space, also a JWT.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>Day, region and service that the key was derived for.</summary>
    public required CredentialScope Scope { get; init; }

    /// <summary>When the request was signed.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How long a presigned request is good for; null for one that is signed by its header.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>Whether the query holds the signature.</summary>
    public bool IsPresigned => Expires is not null;

    /// <summary>The names of the signed headers, lower-case, between semicolons.</summary>
    public required string SignedHeaders { get; init; }

    /// <summary>The signature, 64 hex digits; the seed of the chain where chunks are signed.</summary>
    public required string Signature { get; init; }

    /// <summary>The token of temporary credentials; null without.</summary>
    public string? SessionToken { get; init; }

    /// <summary>The value of <c>x-amz-content-sha256</c>; null if it was not sent.</summary>
    public string? PayloadHash { get; init; }

    /// <summary>What is known of the payload.</summary>
    public PayloadKind Payload =>
        PayloadHash is not null ? Payloads.KindOf(PayloadHash)
        : IsPresigned ? PayloadKind.Unsigned : PayloadKind.Unknown;

    /// <summary>Whether the signature covers a header.</summary>
    /// <param name="name">The name; case does not matter.</param>
    public bool Covers(ReadOnlySpan<char> name)
    {
        foreach (var part in SignedHeaders.AsSpan().Split(';'))
        {
            if (SignedHeaders.AsSpan()[part].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
