namespace Fabrik.Server.Auth.Keys;

/// <summary>The signature algorithms that are accepted (RFC 7518 section 3.1). A key has exactly one.</summary>
public enum TokenAlgorithm
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    RS256,

    /// <summary>ECDSA with P-256 and SHA-256.</summary>
    ES256,

    /// <summary>HMAC with SHA-256.</summary>
    HS256,
}
