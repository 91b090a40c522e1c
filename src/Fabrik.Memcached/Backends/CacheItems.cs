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
    private const string Tool = "memcached";

    private readonly ArtifactKeySpace _keys = new("", "", parts.Namespace);
    private readonly string _listing = $"memcached/{parts.Namespace}";

    /// <summary>What is known of a key's value; null for a miss.</summary>
    public async Task<CacheResult<StoredItem?>> FindAsync(byte[] key, CancellationToken cancellationToken)
    {
        var found = await parts.Tier.StatAsync(_keys.IdOf(key), cancellationToken);
        return found.TryGet(out var info, out var error)
            ? info is null ? (StoredItem?)null : StoredItem.Of(info, parts.Time.GetUtcNow())
            : error;
    }

    /// <summary>The value of a key, or a miss.</summary>
    public async Task<CacheResult<BackendAnswer>> GetAsync(BackendCommand command, CancellationToken cancellationToken)
    {
        var found = await parts.Tier.GetAsync(_keys.IdOf(command.Key), cancellationToken);
        if (!found.TryGet(out var artifact, out var error))
        {
            return error;
        }

        if (artifact is null)
        {
            return BackendAnswer.Miss;
        }

        await using (artifact)
        {
            if (StoredItem.Of(artifact.Info, parts.Time.GetUtcNow()) is not { } item)
            {
                return BackendAnswer.Miss;
            }

            var answer = new BackendAnswer { Kind = ReplyKind.Hit, Hit = item.Hit };
            return command.WithoutValue ? answer
                : item.Hit.ValueLength > parts.MaxValueSize ? BackendAnswer.TooLarge
                : await ReadAsync(artifact, answer, cancellationToken);
        }
    }

    /// <summary>Stores a value with the flags and the expiry of a command.</summary>
    public Task<CacheResult<BackendAnswer>> PutAsync(
        BackendCommand command, byte[] value, CancellationToken cancellationToken)
    {
        var left = ItemExpiry.SecondsLeft(command.Expiry ?? 0, parts.Time.GetUtcNow());
        return PutAsync(command.Key, value, (command.ClientFlags, left), cancellationToken);
    }

    /// <summary>Stores another value, or another expiry, with the flags that there were.</summary>
    public Task<CacheResult<BackendAnswer>> ReplaceAsync(
        BackendCommand command, StoredItem item, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (value.Length > parts.MaxValueSize)
        {
            return Task.FromResult<CacheResult<BackendAnswer>>(BackendAnswer.TooLarge);
        }

        var left = command.Expiry is { } expiry
            ? ItemExpiry.SecondsLeft(expiry, parts.Time.GetUtcNow())
            : Math.Max(0, item.Hit.RemainingTtl);
        return PutAsync(command.Key, value, (item.Hit.ClientFlags, left), cancellationToken);
    }

    /// <summary>Removes a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="done">What is answered then.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<CacheResult<BackendAnswer>> DeleteAsync(
        byte[] key, BackendAnswer done, CancellationToken cancellationToken)
    {
        var deleted = await parts.Tier.DeleteAsync(_keys.IdOf(key), cancellationToken);
        return deleted.TryGet(out _, out var error) ? done : error;
    }

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

    private async Task<CacheResult<BackendAnswer>> PutAsync(
        byte[] key, ReadOnlyMemory<byte> value, (uint Flags, long Left) item, CancellationToken cancellationToken)
    {
        var digest = new ContentDigest(SHA256.HashData(value.Span));
        var stored = new BackendAnswer { Kind = ReplyKind.Done, Unique = StoredItem.UniqueOf(digest, item.Flags) };
        if (item.Left == ItemExpiry.Past)
        {
            return await DeleteAsync(key, stored, cancellationToken);
        }

        var body = PipeReader.Create(new ReadOnlySequence<byte>(value));
        var options = new PutOptions
        {
            Metadata = Describe(key, item.Flags, item.Left),
            ExpectedSize = value.Length,
            MaxSize = parts.MaxValueSize,
            Overwrite = true,
            TimeToLive = item.Left == 0 ? null : TimeSpan.FromSeconds(item.Left),
        };
        var put = await parts.Tier.PutAsync(_keys.IdOf(key), body, options, cancellationToken);
        await body.CompleteAsync();
        return put.TryGet(out _, out var error) ? stored : error;
    }

    private ArtifactMetadata Describe(byte[] key, uint flags, long left)
    {
        var properties = new List<KeyValuePair<string, string>>(2);
        if (flags != 0)
        {
            properties.Add(new(StoredItem.FlagsProperty, flags.ToString(CultureInfo.InvariantCulture)));
        }

        if (left != 0)
        {
            var expires = parts.Time.GetUtcNow().ToUnixTimeSeconds() + left;
            properties.Add(new(StoredItem.ExpiresProperty, expires.ToString(CultureInfo.InvariantCulture)));
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
