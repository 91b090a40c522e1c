using System.Collections.Concurrent;

namespace Fabrik.Upstreams.GitHubActions;

/// <summary>
/// Remembers for a while where entries can be read: whoever asked whether one is there often reads it next, and the
/// service rates questions. Entries never change, so a URL is right for as long as its signature holds.
/// </summary>
internal sealed class SignedUrls(TimeProvider time)
{
    /// <summary>Much less than the signatures hold; one that ends early is asked for again.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    /// <summary>URLs of one generation; there are two, so that what was found lately stays.</summary>
    private const int Limit = 4096;

    private ConcurrentDictionary<string, Known> _young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, Known> _old = new(StringComparer.Ordinal);

    /// <summary>Where an entry can be read, if that is known.</summary>
    public Uri? Find(string key) =>
        (_young.TryGetValue(key, out var known) || _old.TryGetValue(key, out known))
        && time.GetElapsedTime(known.Since) < Kept
            ? known.Url
            : null;

    /// <summary>Remembers one.</summary>
    public void Add(string key, Uri url)
    {
        if (_young.Count >= Limit)
        {
            _old = Interlocked.Exchange(ref _young, new ConcurrentDictionary<string, Known>(StringComparer.Ordinal));
        }

        _young[key] = new Known(url, time.GetTimestamp());
    }

    /// <summary>Forgets one that has ended.</summary>
    public void Remove(string key)
    {
        _young.TryRemove(key, out _);
        _old.TryRemove(key, out _);
    }

    private readonly record struct Known(Uri Url, long Since);
}
