using System.Buffers;
using Fabrik.Cache;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Backends;

/// <summary>
/// Changes that are made from what is there: counting, appending, another expiry. What is there is read, and the new
/// value stored if that is there still; otherwise all of it is done anew.
/// </summary>
internal sealed class CacheRewrites(CacheBackendParts parts, CacheItems items)
{
    /// <summary>
    /// How often it is tried. Each time that one fails another one has come through, and a thread of the proxy does
    /// what is asked of a key one after the other: hundreds would have to write at a time for so many failures.
    /// </summary>
    public const int MaxAttempts = 1000;

    /// <summary>Does such a command.</summary>
    public async Task<CacheResult<BackendAnswer>> RunAsync(BackendCommand command, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var done = await TryAsync(command, cancellationToken);
            if (!done.TryGet(out var answer, out _) || !ReferenceEquals(answer, CacheItems.Lost))
            {
                return done;
            }
        }

        return BackendAnswer.Failed("others change the key all the time");
    }

    private async Task<CacheResult<BackendAnswer>> TryAsync(
        BackendCommand command, CancellationToken cancellationToken)
    {
        var found = await items.GetAsync(command.Key, withValue: true, cancellationToken);
        if (!found.TryGet(out var read, out var error))
        {
            return error;
        }

        var (hit, item) = read;
        if (item is null)
        {
            return await CreateAsync(command, cancellationToken);
        }

        if (hit.Room is null)
        {
            return hit;
        }

        var isKept = false;
        try
        {
            var rewritten = item.Matches(command.Unique)
                ? await RewriteAsync(command, hit, item, cancellationToken)
                : BackendAnswer.Exists;
            isKept = rewritten.TryGet(out var answer, out _) && ReferenceEquals(answer.Room, hit.Room);
            return rewritten;
        }
        finally
        {
            if (!isKept)
            {
                ArrayPool<byte>.Shared.Return(hit.Room);
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

        var condition = new ItemCondition(parts.Time, static item => item is null);
        var stored = await items.PutAsync(command, CountedValue.Write(initial), condition, cancellationToken);
        return stored.TryGet(out var answer, out var error)
            ? answer.Kind == ReplyKind.Done ? answer with { Number = initial } : answer
            : error;
    }

    private async Task<CacheResult<BackendAnswer>> RewriteAsync(
        BackendCommand command, BackendAnswer hit, StoredItem item, CancellationToken cancellationToken)
    {
        var value = hit.Room.AsMemory(BackendAnswer.HeadRoom, hit.Hit.ValueLength);
        switch (command.Action)
        {
            case BackendAction.Append:
                byte[] longer = [.. value.Span, .. command.Value];
                return await items.ReplaceAsync(command, item, longer, cancellationToken);
            case BackendAction.Prepend:
                byte[] preceded = [.. command.Value, .. value.Span];
                return await items.ReplaceAsync(command, item, preceded, cancellationToken);
            case BackendAction.Increment or BackendAction.Decrement:
                return CountedValue.TryCount(value.Span, command, out var number)
                    ? await CountAsync(command, item, number, cancellationToken)
                    : BackendAnswer.NotNumeric;
            default:
                var touched = await items.ReplaceAsync(command, item, value, cancellationToken);
                var wantsHit = command.Action == BackendAction.Get;
                return touched.TryGet(out var answer, out var error)
                    ? answer.Kind == ReplyKind.Done && wantsHit ? Touched(hit, command) : answer
                    : error;
        }
    }

    private BackendAnswer Touched(BackendAnswer hit, BackendCommand command)
    {
        var left = ItemExpiry.SecondsLeft(command.Expiry ?? 0, parts.Time.GetUtcNow());
        return hit with { Hit = hit.Hit with { RemainingTtl = left == 0 ? -1 : Math.Max(0, left) } };
    }

    private async Task<CacheResult<BackendAnswer>> CountAsync(
        BackendCommand command, StoredItem item, ulong number, CancellationToken cancellationToken)
    {
        var stored = await items.ReplaceAsync(command, item, CountedValue.Write(number), cancellationToken);
        return stored.TryGet(out var answer, out var error)
            ? answer.Kind == ReplyKind.Done ? answer with { Number = number } : answer
            : error;
    }
}
