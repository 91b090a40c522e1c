using Fabrik.Server.Auth;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition.Proxies;

/// <summary>
/// Who may have which bucket: one set of keys for the buckets that share the proxy's, and one for each that has its
/// own. A reload keeps what was fetched and verified before.
/// </summary>
internal sealed class BucketAccess(AuthServices services) : IAsyncDisposable
{
    // The name of no bucket.
    private const string Shared = "";

    private readonly Dictionary<string, Authentication> _byBucket = new(StringComparer.Ordinal);
    private HashSet<string> _own = new(StringComparer.Ordinal);

    /// <summary>Why somebody with a good token cannot be let in now; null where all keys are there.</summary>
    public string? NotReady => _byBucket.Values.All(each => each.IsReady)
        ? null
        : "no public key for a bucket is there yet: the key set was not reachable";

    /// <summary>Decides on the tokens for a bucket.</summary>
    public IRequestAuthenticator Of(string bucket) => _byBucket[_own.Contains(bucket) ? bucket : Shared];

    /// <summary>Reads the keys of settings, and changes nothing.</summary>
    /// <returns>What is wrong.</returns>
    public async ValueTask<IReadOnlyList<string>> CheckAsync(EffectiveSettings settings, CancellationToken ct)
    {
        List<string> problems = [];
        foreach (AuthOptions options in OptionsOf(settings).Values)
        {
            problems.AddRange(await Authentication.CheckAsync(options, services, ct));
        }

        return problems;
    }

    /// <summary>Takes settings over.</summary>
    /// <returns>What is wrong.</returns>
    public async Task<IReadOnlyList<string>> ConfigureAsync(EffectiveSettings settings, CancellationToken ct)
    {
        Dictionary<string, AuthOptions> wanted = OptionsOf(settings);
        List<string> problems = [];
        foreach ((string name, AuthOptions options) in wanted)
        {
            problems.AddRange(await TakeAsync(name, options, ct));
        }

        _own = wanted.Keys.Where(name => name != Shared).ToHashSet(StringComparer.Ordinal);
        return problems;
    }

    /// <summary>Lets go of keys that no bucket uses any more, once no request can ask for them.</summary>
    public async Task TrimAsync(EffectiveSettings settings)
    {
        Dictionary<string, AuthOptions> wanted = OptionsOf(settings);
        foreach (string name in _byBucket.Keys.Where(name => !wanted.ContainsKey(name)).ToArray())
        {
            _byBucket.Remove(name, out Authentication? gone);
            await gone!.DisposeAsync();
        }
    }

    /// <summary>Reads all keys again in the background.</summary>
    public void ReloadKeys()
    {
        foreach (Authentication each in _byBucket.Values)
        {
            each.Reload();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Authentication each in _byBucket.Values)
        {
            await each.DisposeAsync();
        }
    }

    private static Dictionary<string, AuthOptions> OptionsOf(EffectiveSettings settings)
    {
        Dictionary<string, AuthOptions> wanted = new(StringComparer.Ordinal);
        AuthOptions shared = BucketTokens.Shared(settings);
        foreach (EffectiveSettings bucket in settings.Items(S3ProxySettings.Buckets))
        {
            if (bucket.Get(S3ProxyBucketSettings.AuthEnabled))
            {
                bool hasOwn = BucketTokens.HasOwn(bucket);
                wanted[hasOwn ? bucket.Get(S3ProxyBucketSettings.Name) : Shared] =
                    hasOwn ? BucketTokens.Own(bucket, shared) : shared;
            }
        }

        return wanted;
    }

    private async Task<IReadOnlyList<string>> TakeAsync(string name, AuthOptions options, CancellationToken ct)
    {
        if (_byBucket.TryGetValue(name, out Authentication? known))
        {
            return await known.ReconfigureAsync(options, ct);
        }

        AuthenticationResult result = await Authentication.CreateAsync(options, services, ct);
        if (result.TryGet(out Authentication? made))
        {
            _byBucket[name] = made;
        }

        return result.Errors;
    }
}
