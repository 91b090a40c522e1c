using System.Buffers;
using Fabrik.Cache;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Backends;

/// <summary>
/// This process's own store and its layers as a memcached backend. What changes a key is done one after the other, by
/// all loops together, so that conditions hold.
/// </summary>
/// <remarks>
/// Another process that shares an upstream is not seen while a command is done: conditions hold within this process.
/// </remarks>
internal sealed class CacheBackend : IBackend
{
    private const int Stripes = 1024;

    private readonly SemaphoreSlim[] _stripes =
        [.. Enumerable.Range(0, Stripes).Select(static _ => new SemaphoreSlim(1))];

    private readonly SemaphoreSlim _slots;
    private readonly CacheBackendParts _parts;
    private readonly CacheItems _items;
    private readonly Admission _admission;

    /// <summary>A backend over a store.</summary>
    public CacheBackend(CacheBackendParts parts)
    {
        _parts = parts;
        _items = new CacheItems(parts);
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
    public void Dispose()
    {
        _slots.Dispose();
        Array.ForEach(_stripes, static stripe => stripe.Dispose());
    }

    private async Task<BackendAnswer> DoAsync(BackendCommand command, CancellationToken cancellationToken)
    {
        if (command is { Action: BackendAction.Get, Expiry: null })
        {
            return Answer(await _items.GetAsync(command, cancellationToken));
        }

        if (command.Value.Length > _parts.MaxValueSize)
        {
            return BackendAnswer.TooLarge;
        }

        var key = new HashCode();
        key.AddBytes(command.Key);
        var stripe = _stripes[(uint)key.ToHashCode() % Stripes];
        await stripe.WaitAsync(cancellationToken);
        try
        {
            return Answer(await ChangeAsync(command, cancellationToken));
        }
        finally
        {
            stripe.Release();
        }
    }

    private async Task<CacheResult<BackendAnswer>> ChangeAsync(
        BackendCommand command, CancellationToken cancellationToken) => command.Action switch
        {
            BackendAction.Set => await _items.PutAsync(command, command.Value, cancellationToken),
            BackendAction.Add =>
                await StoreIfAsync(command, isWanted: false, BackendAnswer.NotStored, cancellationToken),
            BackendAction.Replace =>
                await StoreIfAsync(command, isWanted: true, BackendAnswer.NotStored, cancellationToken),
            BackendAction.CompareAndSwap =>
                await StoreIfAsync(command, isWanted: true, BackendAnswer.Miss, cancellationToken),
            BackendAction.Delete => await DeleteAsync(command, cancellationToken),
            _ => await RewriteAsync(command, cancellationToken),
        };

    private async Task<CacheResult<BackendAnswer>> StoreIfAsync(
        BackendCommand command, bool isWanted, BackendAnswer otherwise, CancellationToken cancellationToken)
    {
        if (!(await _items.FindAsync(command.Key, cancellationToken)).TryGet(out var item, out var error))
        {
            return error;
        }

        return item is not null != isWanted ? otherwise
            : item is not null && !item.Matches(command.Unique) ? BackendAnswer.Exists
            : await _items.PutAsync(command, command.Value, cancellationToken);
    }

    private async Task<CacheResult<BackendAnswer>> DeleteAsync(
        BackendCommand command, CancellationToken cancellationToken)
    {
        // What has expired may still lie there: whether it was a hit is known before it goes.
        if (!(await _items.FindAsync(command.Key, cancellationToken)).TryGet(out var item, out var error))
        {
            return error;
        }

        return item is null ? BackendAnswer.Miss
            : !item.Matches(command.Unique) ? BackendAnswer.Exists
            : await _items.DeleteAsync(command.Key, BackendAnswer.Done, cancellationToken);
    }

    private async Task<CacheResult<BackendAnswer>> RewriteAsync(
        BackendCommand command, CancellationToken cancellationToken)
    {
        if (!(await _items.GetAsync(command with { WithoutValue = false }, cancellationToken))
            .TryGet(out var hit, out var error))
        {
            return error;
        }

        if (hit.Kind != ReplyKind.Hit)
        {
            return hit.Kind == ReplyKind.Miss ? await CreateAsync(command, cancellationToken) : hit;
        }

        var isKept = false;
        try
        {
            var rewritten = command.Unique != 0 && command.Unique != hit.Hit.Unique
                ? BackendAnswer.Exists
                : await RewriteAsync(command, hit, cancellationToken);
            isKept = rewritten.TryGet(out var answer, out _) && ReferenceEquals(answer.Room, hit.Room);
            return rewritten;
        }
        finally
        {
            if (!isKept)
            {
                ArrayPool<byte>.Shared.Return(hit.Room!);
            }
        }
    }

    private async Task<CacheResult<BackendAnswer>> CreateAsync(
        BackendCommand command, CancellationToken cancellationToken)
    {
        if (command.Initial is not { } initial)
        {
            return command.Action is BackendAction.Append or BackendAction.Prepend
                ? BackendAnswer.NotStored
                : BackendAnswer.Miss;
        }

        var stored = await _items.PutAsync(command, CountedValue.Write(initial), cancellationToken);
        return stored.TryGet(out var answer, out var error)
            ? answer.Kind == ReplyKind.Done ? answer with { Number = initial } : answer
            : error;
    }

    private async Task<CacheResult<BackendAnswer>> RewriteAsync(
        BackendCommand command, BackendAnswer hit, CancellationToken cancellationToken)
    {
        var item = new StoredItem(hit.Hit);
        var value = hit.Room.AsMemory(BackendAnswer.HeadRoom, hit.Hit.ValueLength);
        switch (command.Action)
        {
            case BackendAction.Append:
                byte[] longer = [.. value.Span, .. command.Value];
                return await _items.ReplaceAsync(command, item, longer, cancellationToken);
            case BackendAction.Prepend:
                byte[] preceded = [.. command.Value, .. value.Span];
                return await _items.ReplaceAsync(command, item, preceded, cancellationToken);
            case BackendAction.Increment or BackendAction.Decrement:
                return CountedValue.TryCount(value.Span, command, out var number)
                    ? await CountAsync(command, item, number, cancellationToken)
                    : BackendAnswer.NotNumeric;
            default:
                var touched = await _items.ReplaceAsync(command, item, value, cancellationToken);
                var wantsHit = command.Action == BackendAction.Get;
                return touched.TryGet(out var answer, out var error)
                    ? answer.Kind == ReplyKind.Done && wantsHit ? Touched(hit, command) : answer
                    : error;
        }
    }

    private BackendAnswer Touched(BackendAnswer hit, BackendCommand command)
    {
        var left = ItemExpiry.SecondsLeft(command.Expiry ?? 0, _parts.Time.GetUtcNow());
        return hit with { Hit = hit.Hit with { RemainingTtl = left == 0 ? -1 : Math.Max(0, left) } };
    }

    private async Task<CacheResult<BackendAnswer>> CountAsync(
        BackendCommand command, StoredItem item, ulong number, CancellationToken cancellationToken)
    {
        var stored = await _items.ReplaceAsync(command, item, CountedValue.Write(number), cancellationToken);
        return stored.TryGet(out var answer, out var error)
            ? answer.Kind == ReplyKind.Done ? answer with { Number = number } : answer
            : error;
    }

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
