using Fabrik.Server.Auth.Keys;
using Fabrik.Server.Auth.Tokens;
using Microsoft.Extensions.Logging;

namespace Fabrik.Server.Auth;

/// <summary>All that one set of options makes.</summary>
internal sealed class AuthenticationState : IAsyncDisposable
{
    private HttpMessageInvoker? _http;
    private Uri? _url;

    private AuthenticationState(IRequestAuthenticator authenticator) => Authenticator = authenticator;

    public IRequestAuthenticator Authenticator { get; }

    /// <summary>The keys; <see langword="null"/> where no token is required.</summary>
    public KeyRing? Ring { get; private init; }

    /// <summary>Makes it, or says everything that is wrong.</summary>
    /// <param name="options">How requests are authenticated.</param>
    /// <param name="services">The surroundings.</param>
    /// <param name="metrics">Where decisions are counted.</param>
    /// <param name="previous">What was in force before; a key set that is still the same keeps its keys.</param>
    /// <param name="ct">Ends the reading of keys.</param>
    public static async ValueTask<(AuthenticationState? State, IReadOnlyList<string> Errors)> CreateAsync(
        AuthOptions options,
        AuthServices services,
        AuthMetrics metrics,
        AuthenticationState? previous,
        CancellationToken ct)
    {
        if (!options.Required)
        {
            return (new AuthenticationState(OpenAuthenticator.Instance), []);
        }

        List<string> errors = [.. Check(options)];
        if (errors.Count > 0)
        {
            errors.AddRange(await CheckLocalSourcesAsync(options, ct));
            return (null, errors);
        }

        var logger = services.Logs.CreateLogger(typeof(Authentication).FullName!);
        var http = options.JwksUrl is null ? null : services.Http();
        var sources = LocalSources(options);
        if (options.JwksUrl is { } url)
        {
            WarnAboutUrl(url, logger);
            sources.Add(new JwksUrlSource($"{options.Section}.jwks_url", url, http!, services.Time)
            {
                Before = previous?.KeysOf(url) ?? [],
            });
        }

        var (ring, problems) = await KeyRing.StartAsync(sources, options, services.Time, logger, ct);
        if (ring is null)
        {
            http?.Dispose();
            return (null, problems);
        }

        TokenVerifier verifier = new(ring, options, services.Time, metrics);
        TokenAuthenticator authenticator = new(verifier, options, metrics, logger);
        return (new AuthenticationState(authenticator) { Ring = ring, _http = http, _url = options.JwksUrl }, []);
    }

    public async ValueTask DisposeAsync()
    {
        if (Ring is not null)
        {
            await Ring.DisposeAsync();
        }

        _http?.Dispose();
    }

    // Otherwise a change of another setting while the issuer is away would lock everybody out.
    private IReadOnlyList<VerificationKey> KeysOf(Uri url) =>
        Ring is not null && _url?.OriginalString == url.OriginalString ? Ring.RemoteKeys : [];

    private static IEnumerable<string> Check(AuthOptions options)
    {
        var section = options.Section;
        if (options is { PublicKey: "", PublicKeyFile: "", PublicKeyDirectory: "", JwksFile: "", JwksUrl: null }
            and { Secret: "", SecretFile: "" })
        {
            yield return $"{section}.required is true and there is no source of keys; expected one of "
                + $"{section}.public_key, {section}.public_key_file, {section}.public_key_dir, {section}.jwks_file, "
                + $"{section}.jwks_url";
        }

        if (options.JwksUrl is { } url
            && (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)))
        {
            yield return $"{section}.jwks_url is not an address that starts with https:// or http://";
        }

        if (options.MaxTokenSize <= 0 || options.VerdictCacheSize <= 0 || options.KeyRefreshInterval <= TimeSpan.Zero)
        {
            yield return $"{section}.max_token_size, {section}.key_refresh_interval and the number of remembered "
                + "tokens must be more than zero";
        }

        if (options.ClockSkew < TimeSpan.Zero)
        {
            yield return $"{section}.clock_skew must not be less than zero";
        }
    }

    // Every error at once: what is wrong with the keys is said beside what is wrong with the options.
    private static async ValueTask<List<string>> CheckLocalSourcesAsync(AuthOptions options, CancellationToken ct)
    {
        List<string> errors = [];
        foreach (var source in LocalSources(options))
        {
            if ((await source.ReadAsync(ct)).Error is { } error)
            {
                errors.Add(error);
            }
        }

        return errors;
    }

    private static List<IKeySource> LocalSources(AuthOptions options)
    {
        List<IKeySource> sources = [];
        if (options.PublicKey.Length > 0)
        {
            sources.Add(new PemTextSource($"{options.Section}.public_key", options.PublicKey));
        }

        if (options.PublicKeyFile.Length > 0)
        {
            sources.Add(KeyFileSource.Pem(
                $"{options.Section}.public_key_file", options.PublicKeyFile, kid: null));
        }

        if (options.PublicKeyDirectory.Length > 0)
        {
            sources.Add(new KeyDirectorySource(
                $"{options.Section}.public_key_dir", options.PublicKeyDirectory));
        }

        if (options.JwksFile.Length > 0)
        {
            sources.Add(KeyFileSource.Jwks($"{options.Section}.jwks_file", options.JwksFile));
        }

        if (options.Secret.Length > 0)
        {
            sources.Add(SecretSource.Text($"{options.Section}.secret", options.Secret));
        }

        if (options.SecretFile.Length > 0)
        {
            sources.Add(SecretSource.File($"{options.Section}.secret_file", options.SecretFile));
        }

        return sources;
    }

    private static void WarnAboutUrl(Uri url, ILogger logger)
    {
        if (!url.IsLoopback && url.Scheme == Uri.UriSchemeHttp)
        {
            AuthLog.InsecureUrl(logger, url.GetLeftPart(UriPartial.Path));
        }
    }
}
