using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Server.Auth;

/// <summary>Authentication that is ready, or everything that is wrong with its options.</summary>
public sealed class AuthenticationResult
{
    private readonly Authentication? _authentication;

    internal AuthenticationResult(Authentication? authentication, IReadOnlyList<string> errors)
    {
        _authentication = authentication;
        Errors = errors;
    }

    /// <summary>One sentence each: which setting, where, what was found and what was expected. No secrets.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>Takes the result apart; the caller disposes the authentication.</summary>
    public bool TryGet([NotNullWhen(true)] out Authentication? authentication)
    {
        authentication = _authentication;
        return authentication is not null;
    }
}
