using Fabrik.Server.Auth;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition;

/// <summary>
/// Who may do what: build tools by <c>auth.required</c>, operators by <c>observability.api_auth_required</c> or,
/// where that is not set, as build tools.
/// </summary>
internal sealed class AccessControl : IAsyncDisposable
{
    private readonly Authentication _tools;
    private readonly Authentication _operators;

    private AccessControl(Authentication tools, Authentication operators)
    {
        _tools = tools;
        _operators = operators;
    }

    /// <summary>Decides on the requests of build tools.</summary>
    public IRequestAuthenticator Tools => _tools;

    /// <summary>Decides on the requests of operators.</summary>
    public IRequestAuthenticator Operators => _operators;

    /// <summary>Why nobody can be let in now; null where requests can be decided.</summary>
    public string? NotReady => _tools.IsReady ? null : "no public key is there yet: the key set was not reachable";

    /// <summary>
    /// Reads the keys; gives null after adding everything that is wrong to <paramref name="problems"/>.
    /// </summary>
    public static async ValueTask<AccessControl?> CreateAsync(
        EffectiveSettings settings, AuthServices services, List<string> problems, CancellationToken cancellationToken)
    {
        AuthenticationResult result = await Authentication.CreateAsync(
            OptionsForTools(settings), services, cancellationToken);
        if (!result.TryGet(out Authentication? tools))
        {
            problems.AddRange(result.Errors);
            return null;
        }

        if (!OperatorsDiffer(settings))
        {
            return new AccessControl(tools, tools);
        }

        AuthenticationResult second = await Authentication.CreateAsync(
            OptionsForOperators(settings), services, cancellationToken);
        if (!second.TryGet(out Authentication? operators))
        {
            problems.AddRange(second.Errors);
            await tools.DisposeAsync();
            return null;
        }

        return new AccessControl(tools, operators);
    }

    /// <summary>Reads the keys of other settings, and changes nothing.</summary>
    /// <returns>What is wrong with them.</returns>
    public static async ValueTask<IReadOnlyList<string>> CheckAsync(
        EffectiveSettings settings, AuthServices services, CancellationToken ct)
    {
        IReadOnlyList<string> errors = await Authentication.CheckAsync(OptionsForTools(settings), services, ct);
        return errors.Count > 0 || !OperatorsDiffer(settings)
            ? errors
            : await Authentication.CheckAsync(OptionsForOperators(settings), services, ct);
    }

    /// <summary>Takes other settings; whether operators differ from tools stays as it was at the start.</summary>
    /// <returns>What is wrong with them; then the old ones go on to hold.</returns>
    public async ValueTask<IReadOnlyList<string>> ReconfigureAsync(
        EffectiveSettings settings, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> errors = await _tools.ReconfigureAsync(OptionsForTools(settings), cancellationToken);
        return errors.Count > 0 || ReferenceEquals(_tools, _operators)
            ? errors
            : await _operators.ReconfigureAsync(OptionsForOperators(settings), cancellationToken);
    }

    /// <summary>Reads all keys again in the background.</summary>
    public void ReloadKeys()
    {
        _tools.Reload();
        _operators.Reload();
    }

    public async ValueTask DisposeAsync()
    {
        await _tools.DisposeAsync();
        if (!ReferenceEquals(_tools, _operators))
        {
            await _operators.DisposeAsync();
        }
    }

    private static bool OperatorsDiffer(EffectiveSettings settings) =>
        settings.Get(ObservabilitySettings.ApiAuthRequired) is { } required
        && required != settings.Get(AuthSettings.Required);

    private static AuthOptions OptionsForOperators(EffectiveSettings settings)
    {
        AuthOptions tools = OptionsForTools(settings);
        return tools with { Required = settings.Get(ObservabilitySettings.ApiAuthRequired) ?? tools.Required };
    }

    private static AuthOptions OptionsForTools(EffectiveSettings settings) => new()
    {
        Required = settings.Get(AuthSettings.Required),
        PublicKey = settings.Get(AuthSettings.PublicKey),
        PublicKeyFile = settings.Get(AuthSettings.PublicKeyFile),
        PublicKeyDirectory = settings.Get(AuthSettings.PublicKeyDirectory),
        JwksFile = settings.Get(AuthSettings.JwksFile),
        JwksUrl = settings.Get(AuthSettings.JwksUrl),
        KeyRefreshInterval = settings.Get(AuthSettings.KeyRefreshInterval),
        Issuer = settings.Get(AuthSettings.Issuer),
        Audience = settings.Get(AuthSettings.Audience),
        ClockSkew = settings.Get(AuthSettings.ClockSkew),
        DefaultPermissions = settings.Get(AuthSettings.DefaultPermissions)
            .Aggregate(Permissions.None, (all, permission) => all | permission),
        TenantClaim = settings.Get(AuthSettings.TenantClaim),
        WriteScopeClaim = settings.Get(AuthSettings.WriteScopeClaim),
        ReadScopesClaim = settings.Get(AuthSettings.ReadScopesClaim),
        MaxTokenSize = (int)settings.Get(AuthSettings.MaxTokenSize).Bytes,
    };
}
