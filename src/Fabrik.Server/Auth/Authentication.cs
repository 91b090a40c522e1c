using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Auth;

/// <summary>
/// Authentication as the options say, exchangeable while requests run: <see cref="ReconfigureAsync"/> swaps all of
/// it at once, or nothing where the new options are wrong.
/// </summary>
public sealed class Authentication : IRequestAuthenticator, IAsyncDisposable
{
    private readonly AuthServices _services;
    private readonly AuthMetrics _metrics;
    private readonly SemaphoreSlim _changes = new(1, 1);
    private AuthenticationState _state;

    private Authentication(AuthServices services, AuthMetrics metrics, AuthenticationState state)
    {
        _services = services;
        _metrics = metrics;
        _state = state;
    }

    /// <summary>
    /// How many keys there are now. None while tokens are required means that nobody gets in: a key set was not
    /// reachable yet.
    /// </summary>
    public int KeyCount => Volatile.Read(ref _state).Ring?.Current.Keys.Count ?? 0;

    /// <summary>Whether requests can be decided: keys are there, or none are needed. For readiness.</summary>
    public bool IsReady => Volatile.Read(ref _state).Ring is null || KeyCount > 0;

    /// <summary>
    /// Reads the keys and starts their refresh. A key set at a URL that does not answer is no error: it is fetched
    /// again in the background.
    /// </summary>
    public static async ValueTask<AuthenticationResult> CreateAsync(
        AuthOptions options, AuthServices services, CancellationToken ct)
    {
        AuthMetrics metrics = new(services.Time);
        var (state, errors) = await AuthenticationState.CreateAsync(options, services, metrics, previous: null, ct);
        if (state is null)
        {
            metrics.Dispose();
            return new AuthenticationResult(null, errors);
        }

        return new AuthenticationResult(new Authentication(services, metrics, state), errors);
    }

    /// <inheritdoc/>
    public AuthOutcome Authenticate(HttpRequest request) =>
        Volatile.Read(ref _state).Authenticator.Authenticate(request);

    /// <inheritdoc/>
    public AuthOutcome AuthenticateToken(ReadOnlySpan<char> token) =>
        Volatile.Read(ref _state).Authenticator.AuthenticateToken(token);

    /// <summary>Reads all keys again in the background, as on SIGHUP.</summary>
    public void Reload() => Volatile.Read(ref _state).Ring?.Reload();

    /// <summary>
    /// Reads the keys that options name on this machine, and changes nothing. What comes over the network is not
    /// waited for: that it is away is no error.
    /// </summary>
    /// <returns>What is wrong with the options.</returns>
    public static async ValueTask<IReadOnlyList<string>> CheckAsync(
        AuthOptions options, AuthServices services, CancellationToken ct)
    {
        var isLocal = options is not
        {
            Secret: "", SecretFile: "", PublicKey: "", PublicKeyFile: "", PublicKeyDirectory: "", JwksFile: "",
        };
        if (options is { JwksUrl: not null } && !isLocal)
        {
            return [];
        }

        var result = await CreateAsync(options with { JwksUrl = null }, services, ct);
        if (result.TryGet(out var tried))
        {
            await tried.DisposeAsync();
        }

        return result.Errors;
    }

    /// <summary>Takes other options.</summary>
    /// <returns>What is wrong with them; empty where they are in force. On errors the old ones stay.</returns>
    public async ValueTask<IReadOnlyList<string>> ReconfigureAsync(AuthOptions options, CancellationToken ct)
    {
        await _changes.WaitAsync(ct);
        try
        {
            var (state, errors) = await AuthenticationState.CreateAsync(options, _services, _metrics, _state, ct);
            if (state is null)
            {
                return errors;
            }

            await Interlocked.Exchange(ref _state, state).DisposeAsync();
            return [];
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Ends the refresh of keys.</summary>
    public async ValueTask DisposeAsync()
    {
        await _state.DisposeAsync();
        _metrics.Dispose();
        _changes.Dispose();
    }
}
