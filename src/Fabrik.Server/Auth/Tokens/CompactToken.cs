namespace Fabrik.Server.Auth.Tokens;

/// <summary>A signed token in its compact form (RFC 7515 section 7.1): three parts, still encoded.</summary>
internal readonly ref struct CompactToken
{
    /// <summary>The header, in base64url.</summary>
    public required ReadOnlySpan<byte> Header { get; init; }

    /// <summary>The claims, in base64url.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The signature, in base64url.</summary>
    public required ReadOnlySpan<byte> Signature { get; init; }

    /// <summary>What the signature is over: header, dot and payload as they were sent.</summary>
    public required ReadOnlySpan<byte> SigningInput { get; init; }

    /// <summary>Splits a token; false unless there are exactly three parts, none of them empty.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> token, out CompactToken parts)
    {
        parts = default;
        var first = token.IndexOf((byte)'.');
        var second = token.LastIndexOf((byte)'.');
        if (first <= 0 || second <= first + 1 || second == token.Length - 1)
        {
            return false;
        }

        var payload = token[(first + 1)..second];
        if (payload.Contains((byte)'.'))
        {
            return false;
        }

        parts = new CompactToken
        {
            Header = token[..first],
            Payload = payload,
            Signature = token[(second + 1)..],
            SigningInput = token[..second],
        };
        return true;
    }
}
