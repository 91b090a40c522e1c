namespace Fabrik.Wire.S3.Signing;

/// <summary>How requests of a service are signed. S3 differs from all other services.</summary>
public sealed record SignatureRules
{
    /// <summary>The rules of S3: the path as sent, one encoding, payload hash in a header of its own.</summary>
    public static SignatureRules S3 { get; } = new();

    /// <summary>The service in the credential's scope.</summary>
    public string Service { get; init; } = "s3";

    /// <summary>The region in the credential's scope; null takes any when verifying.</summary>
    public string? Region { get; init; }

    /// <summary>Whether <c>.</c>, <c>..</c> and empty segments are taken out of the path: never for S3.</summary>
    public bool NormalizePath { get; init; }

    /// <summary>Whether the path is escaped once more than it is on the wire: all services but S3.</summary>
    public bool DoubleEncode { get; init; }

    /// <summary>How far the time of a request may be from now, in both directions.</summary>
    public TimeSpan MaxSkew { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The longest life of a presigned request: seven days, 604,800 seconds.</summary>
    public TimeSpan MaxExpiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The hash of a presigned request's payload where none was given: S3 takes any payload.</summary>
    public string PresignedPayloadHash { get; init; } = Payloads.Unsigned;
}
