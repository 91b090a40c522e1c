using Fabrik.Cache;
using Fabrik.Upstreams.Http;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.GitHubActions;

/// <summary>Objects as entries of the cache of a GitHub repository, seen from one of its jobs.</summary>
/// <remarks>
/// Entries are immutable: what is there stays, with <c>ifAbsent</c> or without. A job reads the entries of its own
/// branch, its base and the default branch, and writes those of its own. The service drops the entries that were used
/// least lately when a repository has more than 10 GB, and any after a week without use.
/// </remarks>
internal sealed class GitHubObjectStore : IObjectStore
{
    /// <summary>The service's limit for keys.</summary>
    private const int MaxKeyLength = 512;

    private readonly GitHubCacheOptions _options;
    private readonly HttpMessageInvoker _link;
    private readonly CacheServiceClient _service;
    private readonly BlobClient _blobs;
    private readonly SignedUrls _urls;
    private volatile bool _mayWrite;

    /// <summary>A store that connects when it is first asked.</summary>
    public GitHubObjectStore(GitHubCacheOptions options)
    {
        _options = options;
        _mayWrite = options.MayWrite;
        _link = HttpLink.Open(options.Link);
        _service = new CacheServiceClient(options, _link);
        _blobs = new BlobClient(_link, options.Time, options.BlockSize);
        _urls = new SignedUrls(options.Time);
    }

    /// <inheritdoc/>
    public string Name => _service.Name;

    /// <inheritdoc/>
    public ObjectStoreTraits Traits { get; } = new(CanList: false, CanDelete: false, IsSlowToAsk: true)
    {
        CanReplace = false,
    };

    /// <inheritdoc/>
    public async ValueTask<CacheResult<ObjectBody?>> GetAsync(
        string key, ObjectRange range, CancellationToken cancellationToken)
    {
        var known = _urls.Find(key);
        if (known is not null)
        {
            var again = await _blobs.GetAsync(known, range, cancellationToken);
            if (again is not ({ IsExpired: true } or { IsMissing: true }))
            {
                return again.Error is { } failure ? failure : again.Body;
            }

            _urls.Remove(key);
        }

        var found = await FindAsync(key, cancellationToken);
        if (!found.TryGet(out var url, out var error))
        {
            return error;
        }

        if (url is null)
        {
            return (ObjectBody?)null;
        }

        var read = await _blobs.GetAsync(url, range, cancellationToken);
        if (read.IsExpired)
        {
            _urls.Remove(key);
            return HttpFailures.Upstream(CacheErrorKind.Denied, $"{Name} gave a signed URL that does not hold");
        }

        if (read.IsMissing)
        {
            _urls.Remove(key);
        }

        return read.Error is { } failed ? failed : read.Body;
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<bool>> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        if (_urls.Find(key) is not null)
        {
            return true;
        }

        var found = await FindAsync(key, cancellationToken);
        return found.TryGet(out var url, out var error) ? url is not null : error;
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<bool>> PutAsync(
        string key, ObjectContent content, bool ifAbsent, CancellationToken cancellationToken)
    {
        if (Refusal(key, content) is { } refusal)
        {
            return refusal;
        }

        var name = _options.KeyPrefix + key;
        var created = await _service.CreateAsync(name, cancellationToken);
        if (!created.TryGet(out var url, out var error))
        {
            _mayWrite &= error.Kind != CacheErrorKind.ReadOnly;
            return error;
        }

        if (url is null)
        {
            return await ExplainReservationAsync(key, cancellationToken);
        }

        var uploaded = await _blobs.PutAsync(url, content, cancellationToken);
        if (!uploaded.TryGet(out _, out error))
        {
            return error;
        }

        var finished = await _service.FinishAsync(name, content.Length, cancellationToken);
        return finished.TryGet(out _, out error) ? true : error;
    }

    /// <summary>Jobs have no way to remove entries.</summary>
    public ValueTask<CacheResult<bool>> DeleteAsync(string key, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<bool>>(
            HttpFailures.Upstream(CacheErrorKind.ReadOnly, $"{Name} lets no job remove entries"));

    /// <summary>Jobs have no way to list entries.</summary>
    public ValueTask<CacheResult<ObjectPage>> ListAsync(
        string prefix, string? after, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<ObjectPage>>(
            HttpFailures.Upstream(CacheErrorKind.InvalidRequest, $"{Name} cannot list its entries"));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _link.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<CacheResult<Uri?>> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (BadKey(key) is { } bad)
        {
            return bad;
        }

        if (!_options.MayRead)
        {
            return HttpFailures.Upstream(CacheErrorKind.Denied, $"{Name}: this job may not read caches");
        }

        var found = await _service.FindAsync(_options.KeyPrefix + key, cancellationToken);
        if (found.TryGet(out var url, out _) && url is not null)
        {
            _urls.Add(key, url);
        }

        return found;
    }

    /// <summary>
    /// A key that is taken is stored, or somebody is storing it, or somebody has failed to: then it stays taken without
    /// an entry, and trying again is of no use.
    /// </summary>
    private async ValueTask<CacheResult<bool>> ExplainReservationAsync(string key, CancellationToken cancellationToken)
    {
        if (!_options.MayRead)
        {
            return false;
        }

        var found = await FindAsync(key, cancellationToken);
        return !found.TryGet(out var url, out var error) ? error
            : url is not null ? false
            : HttpFailures.Upstream(
                CacheErrorKind.Conflict, $"{Name}: the key is reserved by an upload that has not finished");
    }

    private CacheError? Refusal(string key, ObjectContent content)
    {
        if (!_mayWrite)
        {
            return HttpFailures.Upstream(CacheErrorKind.ReadOnly, $"{Name}: this job may not store caches");
        }

        var limit = Math.Min(_options.MaxSize, _blobs.MaxSize);
        return content.Length > limit
            ? HttpFailures.Upstream(
                CacheErrorKind.TooLarge, $"{Name}: {content.Length} bytes are more than an entry may have ({limit})")
            : BadKey(key);
    }

    private CacheError? BadKey(string key) =>
        key.Length == 0
        || key.Length + _options.KeyPrefix.Length > MaxKeyLength
        || key.Contains(',', StringComparison.Ordinal)
            ? HttpFailures.Upstream(
                CacheErrorKind.InvalidRequest, $"{Name}: a key has 1 to {MaxKeyLength} characters and no comma")
            : null;
}
