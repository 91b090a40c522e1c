using Fabrik.Cache;

namespace Fabrik.Memcached.Backends;

/// <summary>
/// This process's own store and its layers as a memcached backend. Conditions are judged by the store at the moment of
/// the change, so they hold among all who write to it, whatever they write by.
/// </summary>
/// <remarks>
/// Another process that shares an upstream is not seen while a command is done: conditions hold within one store.
/// </remarks>
internal sealed class CacheBackend : IBackend
{
    private readonly SemaphoreSlim _slots;
    private readonly CacheBackendParts _parts;
    private readonly CacheItems _items;
    private readonly CacheRewrites _rewrites;
    private readonly Admission _admission;

    /// <summary>A backend over a store.</summary>
    public CacheBackend(CacheBackendParts parts)
    {
        _parts = parts;
        _items = new CacheItems(parts);
        _rewrites = new CacheRewrites(parts, _items);
        _admission = new Admission(parts.MaxWaiting);
        _slots = new SemaphoreSlim(parts.MaxConcurrent);
    }

    /// <inheritdoc/>
    public bool TryEnter() => _admission.TryEnter();

    /// <inheritdoc/>
    public void Leave() => _admission.Leave();

    /// <inheritdoc/>
    public Task CloseAsync() => _admission.CloseAsync();

    /// <inheritdoc/>
    public async Task<BackendAnswer> RunAsync(BackendCommand command)
    {
        using var timeout = new CancellationTokenSource(_parts.Timeout, _parts.Time);
        try
        {
            await _slots.WaitAsync(timeout.Token);
            try
            {
                return await DoAsync(command, timeout.Token);
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return BackendAnswer.Failed("timed out");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private async Task<BackendAnswer> DoAsync(BackendCommand command, CancellationToken cancellationToken)
    {
        if (command is { Action: BackendAction.Get, Expiry: null })
        {
            var read = await _items.GetAsync(command.Key, !command.WithoutValue, cancellationToken);
            return Answer(read.TryGet(out var got, out var error) ? got.Answer : error);
        }

        return command.Value.Length > _parts.MaxValueSize
            ? BackendAnswer.TooLarge
            : Answer(await ChangeAsync(command, cancellationToken));
    }

    private Task<CacheResult<BackendAnswer>> ChangeAsync(
        BackendCommand command, CancellationToken cancellationToken) => command.Action switch
        {
            BackendAction.Set => _items.PutAsync(command, command.Value, condition: null, cancellationToken),
            BackendAction.Add => AddAsync(command, cancellationToken),
            BackendAction.Replace => ReplaceAsync(command, BackendAnswer.NotStored, cancellationToken),
            BackendAction.CompareAndSwap => ReplaceAsync(command, BackendAnswer.Miss, cancellationToken),
            BackendAction.Delete => DeleteAsync(command, cancellationToken),
            _ => _rewrites.RunAsync(command, cancellationToken),
        };

    private Task<CacheResult<BackendAnswer>> AddAsync(BackendCommand command, CancellationToken cancellationToken) =>
        StoreIfAsync(
            command,
            new ItemCondition(_parts.Time, static item => item is null),
            static _ => BackendAnswer.NotStored,
            cancellationToken);

    private Task<CacheResult<BackendAnswer>> ReplaceAsync(
        BackendCommand command, BackendAnswer absent, CancellationToken cancellationToken) =>
        StoreIfAsync(
            command, Matching(command), there => there is null ? absent : BackendAnswer.Exists, cancellationToken);

    private async Task<CacheResult<BackendAnswer>> StoreIfAsync(
        BackendCommand command,
        ItemCondition condition,
        Func<StoredItem?, BackendAnswer> otherwise,
        CancellationToken cancellationToken)
    {
        // Most often that is known before a value is written to the disk in vain.
        if (!(await _items.MeetsAsync(command.Key, condition, cancellationToken)).TryGet(out var isMet, out var error))
        {
            return error;
        }

        return isMet
            ? Judged(await _items.PutAsync(command, command.Value, condition, cancellationToken), condition, otherwise)
            : otherwise(condition.Refused);
    }

    private async Task<CacheResult<BackendAnswer>> DeleteAsync(
        BackendCommand command, CancellationToken cancellationToken)
    {
        var condition = Matching(command);
        if (!(await _items.MeetsAsync(command.Key, condition, cancellationToken)).TryGet(out var isMet, out var error))
        {
            return error;
        }

        return isMet
            ? Judged(await _items.DeleteAsync(command.Key, condition, cancellationToken), condition, AbsentOrOther)
            : AbsentOrOther(condition.Refused);
    }

    private static BackendAnswer AbsentOrOther(StoredItem? there) =>
        there is null ? BackendAnswer.Miss : BackendAnswer.Exists;

    private static CacheResult<BackendAnswer> Judged(
        CacheResult<BackendAnswer> changed, ItemCondition condition, Func<StoredItem?, BackendAnswer> otherwise) =>
        changed.TryGet(out var answer, out _) && ReferenceEquals(answer, CacheItems.Lost)
            ? otherwise(condition.Refused)
            : changed;

    // What has expired may still lie there; it is nothing.
    private ItemCondition Matching(BackendCommand command) =>
        new(_parts.Time, item => item is not null && item.Matches(command.Unique));

    private BackendAnswer Answer(CacheResult<BackendAnswer> result)
    {
        if (result.TryGet(out var answer, out var error))
        {
            return answer;
        }

        var kind = CacheErrorKindNames.Of(error.Kind).Replace('_', ' ');
        Log.TierFailed(_parts.Log, _parts.Name, kind, error.Message);
        return error.Kind == CacheErrorKind.TooLarge ? BackendAnswer.TooLarge : BackendAnswer.Failed(kind);
    }
}
