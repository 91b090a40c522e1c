namespace Fabrik.Server.Auth;

/// <summary>Limits that are not settings: far above what real tokens and key sets need, far below what hurts.</summary>
internal static class AuthLimits
{
    /// <summary>Characters of a claim that becomes part of a principal: sub, tenant, scope.</summary>
    public const int ClaimLength = 256;

    /// <summary>Trust scopes that a token may name for reading, besides its own and the default one.</summary>
    public const int ReadScopes = 8;

    /// <summary>Depth of JSON in tokens and key sets; real ones use 2 or 3.</summary>
    public const int JsonDepth = 8;

    /// <summary>Decoded bytes of a token's header.</summary>
    public const int HeaderBytes = 2048;

    /// <summary>Decoded bytes of a signature: RSA with <see cref="MaxRsaBits"/>.</summary>
    public const int SignatureBytes = MaxRsaBits / 8;

    /// <summary>Characters of a key id, in a token or a key set.</summary>
    public const int KidLength = 256;

    /// <summary>Keys that one token is tried against: the cost of one request is bounded.</summary>
    public const int CandidateKeys = 8;

    /// <summary>RSA below this is not secure (NIST SP 800-131A).</summary>
    public const int MinRsaBits = 2048;

    /// <summary>RSA above this costs too much time on each new token.</summary>
    public const int MaxRsaBits = 8192;

    /// <summary>HS256 secrets are at least as long as the hash (RFC 7518 section 3.2).</summary>
    public const int MinSecretBytes = 32;

    /// <summary>Bytes of a PEM file or key set, read from disk or fetched.</summary>
    public const int KeySourceBytes = 1 << 20;

    /// <summary>Keys of one source.</summary>
    public const int KeysPerSource = 256;

    /// <summary>Redirects that are followed when a key set is fetched.</summary>
    public const int Redirects = 3;

    /// <summary>How long one fetch of a key set may take.</summary>
    public static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How often files with keys are looked at; a rotation on disk is seen this soon.</summary>
    public static readonly TimeSpan FileCheckInterval = TimeSpan.FromSeconds(5);

    /// <summary>At most one fetch per this time is caused by tokens that name an unknown key.</summary>
    public static readonly TimeSpan EarlyRefreshInterval = TimeSpan.FromSeconds(30);
}
