namespace Fabrik.Server.Auth;

/// <summary>The places of a request that a token may be in.</summary>
public enum TokenSourceKind
{
    /// <summary><c>Authorization: Bearer</c> (RFC 6750).</summary>
    Bearer,

    /// <summary>A parameter of the query.</summary>
    Query,

    /// <summary>A header of its own.</summary>
    Header,
}

/// <summary>One place where a token is looked for.</summary>
/// <param name="Kind">Which kind of place.</param>
/// <param name="Name">The parameter or header; empty for <see cref="TokenSourceKind.Bearer"/>.</param>
public sealed record TokenSource(TokenSourceKind Kind, string Name = "")
{
    /// <summary>What stands before the token, in any case, and is taken off; a value without it is no token.</summary>
    public string Prefix { get; init; } = "";
}
