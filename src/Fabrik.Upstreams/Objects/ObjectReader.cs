using System.Buffers;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.Objects;

/// <summary>
/// Opens the objects of one prefix and reads their heads. What is no object of ours, or expired, is a miss that is
/// counted, and remembered so that the next write replaces it.
/// </summary>
internal sealed class ObjectReader(ObjectSpace space, string prefix, ExistenceView existence)
{
    private const int FirstBytes = 4096;

    /// <summary>The store, for messages.</summary>
    public string Upstream => space.Store.Name;

    /// <summary>Opens an object at its content; null is a miss.</summary>
    public async ValueTask<CacheResult<OpenObject?>> OpenAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        var got = await GetAsync(id, ObjectRange.All, cancellationToken);
        if (!got.TryGet(out var body, out var error) || body is null)
        {
            return error is null ? (OpenObject?)null : error;
        }

        OpenObject? opened = null;
        try
        {
            var read = await ReadHeadAsync(id, body, cancellationToken);
            if (read.TryGet(out var head, out error) && head.Value is { } usable)
            {
                var whole = head.Length + usable.Size;
                if (body.Length is null || body.Length == whole)
                {
                    opened = new OpenObject(usable, head.Length, body);
                    existence.LearnPresent(id, usable.ExpiresAt);
                    return opened;
                }

                Refuse(id, "length");
            }

            return error is null ? (OpenObject?)null : error;
        }
        finally
        {
            if (opened is null)
            {
                await body.DisposeAsync();
            }
        }
    }

    /// <summary>Reads only an object's head; null is a miss.</summary>
    public async ValueTask<CacheResult<ObjectHead?>> StatAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        // Nearly every head is within the first bytes; one that is not needs a second, longer look.
        var length = FirstBytes;
        while (true)
        {
            var got = await GetAsync(id, new ObjectRange(0, length), cancellationToken);
            if (!got.TryGet(out var body, out var error) || body is null)
            {
                return error is null ? (ObjectHead?)null : error;
            }

            await using (body)
            {
                var read = await ReadHeadAsync(id, body, cancellationToken, length);
                if (!read.TryGet(out var head, out error))
                {
                    return error;
                }

                if (head.Length <= length)
                {
                    if (head.Value is not null)
                    {
                        existence.LearnPresent(id, head.Value.ExpiresAt);
                    }

                    return head.Value;
                }

                length = head.Length;
            }
        }
    }

    /// <summary>Opens a part of the content of an object that was opened before, if it is still the same one.</summary>
    public async ValueTask<CacheResult<ObjectBody>> ReopenAsync(
        OpenObject before, long offset, long length, CancellationToken cancellationToken)
    {
        var range = new ObjectRange(before.HeadLength + offset, length);
        var got = await GetAsync(before.Id, range, cancellationToken);
        if (!got.TryGet(out var body, out var error) || body is null)
        {
            return error ?? Gone();
        }

        // A server that gives no ETag, or a new one for each answer, is asked what is there now.
        if (before.Body.Tag is { } tag && tag == body.Tag)
        {
            return body;
        }

        var now = await StatAsync(before.Id, cancellationToken);
        if (now.TryGet(out var head, out error)
            && head?.Digest == before.Head.Digest && head.Size == before.Head.Size)
        {
            return body;
        }

        await body.DisposeAsync();
        return error ?? Gone();
    }

    /// <summary>Counts an object that is not what it should be, and has the next write replace it.</summary>
    public void Refuse(ArtifactId id, string reason)
    {
        space.Metrics.Refused(Upstream, reason);
        existence.LearnUnusable(id);
    }

    /// <summary>A failure while an answer was being read.</summary>
    public CacheError Broken(Exception cause) => new(
        CacheErrorKind.Unavailable,
        CacheErrorSource.Upstream,
        $"{Upstream} broke off an answer: {cause.Message}",
        cause);

    private CacheError Gone() => new(
        CacheErrorKind.Incomplete,
        CacheErrorSource.Upstream,
        $"an object of {Upstream} was replaced or removed meanwhile");

    private async ValueTask<CacheResult<ObjectBody?>> GetAsync(
        ArtifactId id, ObjectRange range, CancellationToken cancellationToken)
    {
        var got = await space.Store.GetAsync(ObjectKeys.Of(prefix, id), range, cancellationToken);
        if (got.TryGet(out var body, out _) && body is null)
        {
            existence.LearnAbsent(id);
        }

        return got;
    }

    // Its length is that of prefix and record; the head is null when it is refused or expired, or when it is longer
    // than what was asked for.
    private async ValueTask<CacheResult<(ObjectHead? Value, int Length)>> ReadHeadAsync(
        ArtifactId id, ObjectBody body, CancellationToken cancellationToken, int available = int.MaxValue)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        try
        {
            var prefixBytes = buffer.AsMemory(0, ObjectEnvelope.PrefixLength);
            var count = await body.Content.ReadAtLeastAsync(prefixBytes, prefixBytes.Length, false, cancellationToken);
            if (!ObjectEnvelope.TryReadPrefix(prefixBytes.Span[..count], out var recordLength))
            {
                Refuse(id, "foreign");
                return (null, 0);
            }

            var length = ObjectEnvelope.PrefixLength + recordLength;
            if (length > available)
            {
                return (null, length);
            }

            buffer = Grow(buffer, length);
            var record = buffer.AsMemory(ObjectEnvelope.PrefixLength, recordLength);
            count = await body.Content.ReadAtLeastAsync(record, recordLength, false, cancellationToken);
            return (Judge(id, ObjectEnvelope.Read(buffer.AsSpan(0, ObjectEnvelope.PrefixLength + count))), length);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            return Broken(broken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ObjectHead? Judge(ArtifactId id, ObjectHead? head)
    {
        if (head is null || head.Id != id)
        {
            Refuse(id, head is null ? "damaged" : "misplaced");
            return null;
        }

        if (head.IsExpired(space.Time.GetUtcNow()))
        {
            space.Metrics.Expired(Upstream);
            existence.LearnUnusable(id);
            return null;
        }

        return head;
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        if (buffer.Length >= length)
        {
            return buffer;
        }

        var larger = ArrayPool<byte>.Shared.Rent(length);
        buffer.AsSpan(0, ObjectEnvelope.PrefixLength).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
