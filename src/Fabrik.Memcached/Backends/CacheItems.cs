using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Backends;

/// <summary>memcached's values as artifacts of the store.</summary>
/// <remarks>
/// Entries are listed: of an entry that is not, writing the same bytes again would not change flags and expiry.
/// </remarks>
internal sealed class CacheItems(CacheBackendParts parts)
{
    /// <summary>What is answered where a condition did not hold at the moment of the change.</summary>
    public static readonly BackendAnswer Lost = new() { Kind = ReplyKind.Exists };

    private const string Tool = "memcached";

    private readonly ArtifactKeySpace _keys = new("", "", parts.Namespace);
    private readonly string _listing = $"memcached/{parts.Namespace}";

    /// <summary>Whether a condition holds now; it may not any more when the value changes.</summary>
    public async Task<CacheResult<bool>> MeetsAsync(
        byte[] key, ItemCondition condition, CancellationToken cancellationToken)
    {
        var found = await parts.Tier.StatAsync(_keys.IdOf(key), cancellationToken);
        return found.TryGet(out var info, out var error) ? condition.Holds(info) : error;
    }

    /// <summary>The value of a key, and what else is known of it; or a miss, and nothing.</summary>
    public async Task<CacheResult<(BackendAnswer Answer, StoredItem? Item)>> GetAsync(
        byte[] key, bool withValue, CancellationToken cancellationToken)
    {
        var found = await parts.Tier.GetAsync(_keys.IdOf(key), cancellationToken);
        if (!found.TryGet(out var artifact, out var error))
        {
            return error;
        }

        if (artifact is null)
        {
            return (BackendAnswer.Miss, null);
        }

        await using (artifact)
        {
            if (StoredItem.Of(artifact.Info, parts.Time.GetUtcNow()) is not { } item)
            {
                return (BackendAnswer.Miss, null);
            }

            var answer = new BackendAnswer { Kind = ReplyKind.Hit, Hit = item.Hit };
            if (!withValue)
            {
                return (answer, item);
            }

            var read = item.Hit.ValueLength > parts.MaxValueSize
                ? BackendAnswer.TooLarge
                : await ReadAsync(artifact, answer, cancellationToken);
            return read.TryGet(out var whole, out error) ? (whole, item) : error;
        }
    }

    /// <summary>Stores a value with the flags and the expiry of a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="value">The value.</param>
    /// <param name="condition">What must hold, or it is <see cref="Lost"/>; null for nothing.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<CacheResult<BackendAnswer>> PutAsync(
        BackendCommand command, byte[] value, ItemCondition? condition, CancellationToken cancellationToken)
    {
        var item = (command.ClientFlags, ExpiresAt(command.Expiry ?? 0));
        return PutAsync(command.Key, value, item, condition, cancellationToken);
    }

    /// <summary>
    /// Stores another value, or another expiry, with the flags that there were; if what was read is there still, or
    /// it is <see cref="Lost"/>.
    /// </summary>
    public Task<CacheResult<BackendAnswer>> ReplaceAsync(
        BackendCommand command, StoredItem item, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (value.Length > parts.MaxValueSize)
        {
            return Task.FromResult<CacheResult<BackendAnswer>>(BackendAnswer.TooLarge);
        }

        var expiresAt = command.Expiry is { } expiry ? ExpiresAt(expiry) : item.ExpiresAt;
        var condition = new ItemCondition(parts.Time, current => current is not null && current.IsAs(item));
        return PutAsync(command.Key, value, (item.Hit.ClientFlags, expiresAt), condition, cancellationToken);
    }

    /// <summary>Removes a value if a condition holds; it is <see cref="Lost"/> otherwise.</summary>
    public async Task<CacheResult<BackendAnswer>> DeleteAsync(
        byte[] key, ItemCondition condition, CancellationToken cancellationToken)
    {
        var deleted = await parts.Tier.DeleteIfAsync(_keys.IdOf(key), condition.Holds, cancellationToken);
        return Outcome(deleted, BackendAnswer.Done, condition);
    }

    private static CacheResult<BackendAnswer> Outcome<T>(
        CacheResult<T> changed, BackendAnswer done, ItemCondition? condition) =>
        changed.TryGet(out _, out var error) ? done
        : error.Kind == CacheErrorKind.Conflict && condition is not null ? Lost
        : error;

    private static async Task<CacheResult<BackendAnswer>> ReadAsync(
        CachedArtifact artifact, BackendAnswer answer, CancellationToken cancellationToken)
    {
        var length = answer.Hit.ValueLength;
        var room = ArrayPool<byte>.Shared.Rent(BackendAnswer.HeadRoom + length + BackendAnswer.TailRoom);
        var isRead = false;
        try
        {
            if (artifact.TryGetMemory(out var bytes))
            {
                bytes.Span.CopyTo(room.AsSpan(BackendAnswer.HeadRoom));
            }
            else
            {
                using var stream = new MemoryStream(room, BackendAnswer.HeadRoom, length);
                var writer = PipeWriter.Create(stream);
                var copied = await artifact.CopyToAsync(writer, 0, length, cancellationToken);
                await writer.CompleteAsync();
                if (!copied.TryGet(out _, out var error))
                {
                    return error;
                }
            }

            isRead = true;
            return answer with { Room = room };
        }
        finally
        {
            if (!isRead)
            {
                ArrayPool<byte>.Shared.Return(room);
            }
        }
    }

    /// <summary>
    /// The second since 1970 that an expiry means; 0 for never, <see cref="ItemExpiry.Past"/> for at once.
    /// </summary>
    private long ExpiresAt(long expiry)
    {
        var now = parts.Time.GetUtcNow();
        var left = ItemExpiry.SecondsLeft(expiry, now);
        return left is 0 or ItemExpiry.Past ? left : now.ToUnixTimeSeconds() + left;
    }

    private async Task<CacheResult<BackendAnswer>> PutAsync(
        byte[] key,
        ReadOnlyMemory<byte> value,
        (uint Flags, long ExpiresAt) item,
        ItemCondition? condition,
        CancellationToken cancellationToken)
    {
        var digest = new ContentDigest(SHA256.HashData(value.Span));
        var stored = new BackendAnswer { Kind = ReplyKind.Done, Unique = StoredItem.UniqueOf(digest, item.Flags) };
        var id = _keys.IdOf(key);
        if (item.ExpiresAt == ItemExpiry.Past)
        {
            var deleted = condition is null
                ? await parts.Tier.DeleteAsync(id, cancellationToken)
                : await parts.Tier.DeleteIfAsync(id, condition.Holds, cancellationToken);
            return Outcome(deleted, stored, condition);
        }

        var left = Math.Max(1, item.ExpiresAt - parts.Time.GetUtcNow().ToUnixTimeSeconds());
        var body = PipeReader.Create(new ReadOnlySequence<byte>(value));
        var options = new PutOptions
        {
            Metadata = Describe(key, item.Flags, item.ExpiresAt),
            ExpectedSize = value.Length,
            MaxSize = parts.MaxValueSize,
            Overwrite = true,
            Expects = condition is null ? null : condition.Holds,
            TimeToLive = item.ExpiresAt == 0 ? null : TimeSpan.FromSeconds(left),
        };
        var put = await parts.Tier.PutAsync(id, body, options, cancellationToken);
        await body.CompleteAsync();
        return Outcome(put, stored, condition);
    }

    private ArtifactMetadata Describe(byte[] key, uint flags, long expiresAt)
    {
        var properties = new List<KeyValuePair<string, string>>(2);
        if (flags != 0)
        {
            properties.Add(new(StoredItem.FlagsProperty, flags.ToString(CultureInfo.InvariantCulture)));
        }

        if (expiresAt != 0)
        {
            properties.Add(new(StoredItem.ExpiresProperty, expiresAt.ToString(CultureInfo.InvariantCulture)));
        }

        return new ArtifactMetadata
        {
            Tool = Tool,
            Key = System.Text.Unicode.Utf8.IsValid(key) ? Encoding.UTF8.GetString(key) : Encoding.Latin1.GetString(key),
            Listing = _listing,
            Properties = properties,
        };
    }
}
