using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Warming;

/// <summary>Copies keys with their flags and the rest of their life, on a loop.</summary>
internal sealed class KeyCopy(WarmingParts parts, WarmingRequest request)
{
    // memcached takes more than that for a second since 1970.
    private const long MaxRelativeExpiry = 60 * 60 * 24 * 30;

    private static readonly ReaderLimits Limits = new() { MaxValueLength = 1024 * 1024 * 1024 };

    /// <summary>Copies a key. From any thread.</summary>
    /// <returns>What became of it, and the bytes of its value.</returns>
    public Task<(CopyOutcome Outcome, long Bytes)> RunAsync(ILoop loop, byte[] key)
    {
        var done = new TaskCompletionSource<(CopyOutcome, long)>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => RunOnLoop(loop, key, done), null);
        return done.Task;
    }

    private static Reply Read(in Reply hit, out ServerReply read)
    {
        var status = ReplyReader.TryRead(hit.Message, Verb.MetaGet, MemcachedProtocol.Text, Limits, out read);
        return status == ReadStatus.Read && read.Kind == ReplyKind.Hit ? hit : default;
    }

    private static bool IsPlain(ReadOnlySpan<byte> key) =>
        !key.ContainsAnyInRange((byte)0, (byte)' ') && !key.Contains((byte)0x7f);

    /// <summary>
    /// Writes a command for a key, base64 where the key has to be; null for one that is too long for that.
    /// </summary>
    private static Request? Make(ILoop loop, byte[] key, int valueLength, Func<byte[], bool, Block, int> write)
    {
        var isEncoded = !IsPlain(key);
        var written = isEncoded ? System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key)) : key;
        if (written.Length is 0 or > ReaderLimits.MaxKeyLength)
        {
            return null;
        }

        var block = loop.Blocks.Rent(CommandWriter.MaxHead + valueLength + 2);
        var length = write(written, isEncoded, block);
        var status = CommandReader.TryRead(
            block.Bytes.AsSpan(0, length), MemcachedProtocol.Text, Limits, out var command, out _);
        Request? made = null;
        if (status == ReadStatus.Read)
        {
            made = loop.Requests.Rent();
            made.Fill(block, 0, in command, command.KeyOffset);
            if (isEncoded)
            {
                made.DecodeKey();
            }
        }

        block.Release();
        return made;
    }

    private void RunOnLoop(ILoop loop, byte[] key, TaskCompletionSource<(CopyOutcome, long)> done) =>
        _ = CopyToEndAsync(loop, key, done);

    private async Task CopyToEndAsync(ILoop loop, byte[] key, TaskCompletionSource<(CopyOutcome, long)> done)
    {
        try
        {
            done.SetResult(await CopyAsync(loop, key));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            done.SetException(e);
        }
    }

    private async Task<(CopyOutcome, long)> CopyAsync(ILoop loop, byte[] key)
    {
        var (from, to) = (parts.Find(request.From, loop), parts.Find(request.To, loop));
        var get = Make(loop, key, 0, static (written, isEncoded, block) =>
            CommandWriter.MetaGet(block.Bytes, written, isEncoded ? "b v f t"u8 : "v f t"u8));
        if (from is null || to is null || get is null)
        {
            get?.Release();
            return (CopyOutcome.Failed, 0);
        }

        var hit = await from.SendAsync(get);
        get.Release();
        try
        {
            return hit.Kind == ReplyKind.Miss ? (CopyOutcome.Missing, 0)
                : Read(in hit, out var read).Bytes is null ? (CopyOutcome.Failed, 0)
                : read is { HasRemainingTtl: true, RemainingTtl: 0 } ? (CopyOutcome.Missing, 0)
                : (await PutAsync(loop, key, to, hit, read), read.ValueLength);
        }
        finally
        {
            hit.Release();
        }
    }

    private async Task<CopyOutcome> PutAsync(ILoop loop, byte[] key, Destination to, Reply hit, ServerReply read)
    {
        var item = new ItemHead
        {
            ValueLength = read.ValueLength,
            ClientFlags = read.ClientFlags,
            Expiry = Expiry(read),
            HasEncodedKey = !IsPlain(key),
        };
        var verb = request.Overwrites ? Verb.Set : Verb.Add;
        var put = Make(loop, key, read.ValueLength, (written, isEncoded, block) =>
        {
            // Older servers do not know the meta commands that only such keys need.
            var head = isEncoded
                ? CommandWriter.MetaSetHead(block.Bytes, verb, written, in item)
                : CommandWriter.StorageHead(block.Bytes, verb, written, in item);
            hit.Message.Slice(read.ValueOffset, read.ValueLength).CopyTo(block.Bytes.AsSpan(head));
            head += read.ValueLength;
            return head + CommandWriter.LineEnd(block.Bytes.AsSpan(head));
        });
        if (put is null)
        {
            return CopyOutcome.Failed;
        }

        var stored = await to.SendAsync(put);
        put.Release();
        var kind = stored.Kind;
        stored.Release();
        return kind switch
        {
            ReplyKind.Done => CopyOutcome.Copied,
            ReplyKind.NotStored => CopyOutcome.Kept,
            _ => CopyOutcome.Failed,
        };
    }

    private long Expiry(in ServerReply read)
    {
        if (!read.HasRemainingTtl || read.RemainingTtl < 0)
        {
            return 0;
        }

        return read.RemainingTtl <= MaxRelativeExpiry
            ? read.RemainingTtl
            : parts.Time.GetUtcNow().ToUnixTimeSeconds() + read.RemainingTtl;
    }
}
