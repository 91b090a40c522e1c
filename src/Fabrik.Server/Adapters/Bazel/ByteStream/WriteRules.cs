using Fabrik.Cache;
using Fabrik.Server.Rpc.Chunks;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Google.Bytestream;

namespace Fabrik.Server.Adapters.Bazel.ByteStream;

/// <summary>
/// The stream of a Write, or the streams of one that broke off: one name, bytes that follow each other without a gap,
/// and an end that is said.
/// </summary>
/// <param name="name">The name in the first message.</param>
/// <param name="size">Bytes that must come; <see langword="null"/> where that is not known.</param>
/// <param name="limit">Bytes that may come.</param>
internal sealed class WriteRules(string name, long? size, long limit) : IChunkRules<WriteRequest>
{
    /// <summary>What frames may take beyond twice their content; no encoder comes near it.</summary>
    private const long FrameSlack = 1024 * 1024;

    private const long MaxDoubled = (long.MaxValue - FrameSlack) / 2;

    /// <summary>Bytes that came.</summary>
    public long Received { get; private set; }

    /// <summary>Whether the client has said that it has sent all.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Whether the stream ended without that.</summary>
    public bool IsUnfinished { get; private set; }

    /// <summary>The rules for the upload of a blob.</summary>
    /// <param name="text">The name, as the client wrote it.</param>
    /// <param name="name">The same, read.</param>
    public static WriteRules For(string text, ResourceName name) => name.Coding == BlobCoding.Identity
        ? new WriteRules(text, name.Digest.Size, name.Digest.Size)
        : new WriteRules(text, null, Math.Min(name.Digest.Size, MaxDoubled) * 2 + FrameSlack);

    /// <summary>Another stream follows one that broke off, perhaps behind its last message.</summary>
    public void Reopen() => IsFinished = false;

    /// <inheritdoc/>
    public CacheError? FaultOf(WriteRequest? header, long length, long received)
    {
        if (IsFinished)
        {
            return Invalid("nothing may follow the message with finish_write");
        }

        IsFinished = header?.FinishWrite ?? false;
        if (header is { ResourceName.Length: > 0 } && header.ResourceName != name)
        {
            return Invalid("a stream has one resource_name, and this message has another than the first one");
        }

        var offset = header?.WriteOffset ?? 0;
        Received = received + length;
        return offset != received
            ? Invalid($"write_offset is {offset}, and {received} bytes have been received: expected {received}")
            : Received > limit
                ? Invalid($"more bytes came than the {limit} that the blob can have")
                : null;
    }

    /// <inheritdoc/>
    public CacheError? FaultOfEnd(long received)
    {
        if (!IsFinished)
        {
            IsUnfinished = true;
            return CacheError.Client(CacheErrorKind.Incomplete, "the stream ended without finish_write");
        }

        return received < size ? Invalid($"{received} bytes came of a blob of {size}") : null;
    }

    private static CacheError Invalid(string message) => CacheError.Client(CacheErrorKind.InvalidRequest, message);
}
