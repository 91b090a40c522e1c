using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Wire.Protos;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;
using Tree = Fabrik.Wire.Protos.Bazel.V2.Tree;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>
/// Reads a <see cref="Tree"/> folder by folder, since the whole of one with a million files is too much to have in
/// memory at a time.
/// </summary>
internal static class TreeMessage
{
    private const int LengthDelimited = 2;
    private const int MaxVarint = 5;

    // A folder, and what is in front of it.
    private static readonly PipeOptions Window = new(
        pauseWriterThreshold: BlobLimit.Folder + (64 * 1024),
        resumeWriterThreshold: BlobLimit.Folder,
        useSynchronizationContext: false);

    /// <summary>Shows each folder of a tree to a visitor, the root first.</summary>
    /// <param name="artifact">The tree's bytes.</param>
    /// <param name="visit">Says whether it wants to see more.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Whether the bytes are a tree and all of it was seen.</returns>
    public static async ValueTask<CacheResult<bool>> ReadAsync(
        CachedArtifact artifact, Func<Directory, bool> visit, CancellationToken cancellationToken)
    {
        if (artifact.TryGetMemory(out var memory))
        {
            var bytes = new ReadOnlySequence<byte>(memory);
            return TryVisit(ref bytes, visit) && bytes.IsEmpty;
        }

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipe = new Pipe(Window);
        var copying = CopyAsync(artifact, pipe.Writer, giveUp.Token);
        var isTree = false;
        try
        {
            isTree = await ReadAsync(pipe.Reader, visit, cancellationToken);
        }
        finally
        {
            if (!isTree)
            {
                await giveUp.CancelAsync();
            }

            // The artifact is its owner's again only then.
            await copying;
        }

        return isTree && await copying is { } fault ? fault : isTree;
    }

    private static async Task<CacheError?> CopyAsync(
        CachedArtifact artifact, PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            var copied = await artifact.CopyToAsync(writer, 0, artifact.Info.Size, cancellationToken);
            return copied.Error;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            await writer.CompleteAsync();
        }
    }

    private static async ValueTask<bool> ReadAsync(
        PipeReader reader, Func<Directory, bool> visit, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var bytes = read.Buffer;
                var isGood = TryVisit(ref bytes, visit);
                var (rest, isEnd) = (bytes.Length, read.IsCompleted);
                reader.AdvanceTo(bytes.Start, bytes.End);
                if (!isGood || isEnd || rest > BlobLimit.Folder)
                {
                    return isGood && isEnd && rest == 0;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>Visits the folders that are there as a whole, and leaves the rest.</summary>
    private static bool TryVisit(ref ReadOnlySequence<byte> bytes, Func<Directory, bool> visit)
    {
        while (TryReadField(bytes, out var field, out var body))
        {
            if (field is Tree.RootFieldNumber or Tree.ChildrenFieldNumber && !TryVisit(body, visit))
            {
                return false;
            }

            bytes = bytes.Slice(body.End);
        }

        return true;
    }

    private static bool TryVisit(ReadOnlySequence<byte> folder, Func<Directory, bool> visit) =>
        Directory.Parser.TryParse(folder, out var message, out _) && visit(message);

    /// <summary>Reads a field that is there as a whole; trees have only such with a length.</summary>
    private static bool TryReadField(
        ReadOnlySequence<byte> bytes, out uint field, out ReadOnlySequence<byte> body)
    {
        (field, body) = (0, default);
        var reader = new SequenceReader<byte>(bytes);
        if (!TryReadVarint(ref reader, out var tag)
            || (tag & 7) != LengthDelimited
            || !TryReadVarint(ref reader, out var length)
            || reader.Remaining < length)
        {
            return false;
        }

        (field, body) = (tag >> 3, reader.UnreadSequence.Slice(0, length));
        return true;
    }

    private static bool TryReadVarint(ref SequenceReader<byte> reader, out uint value)
    {
        value = 0;
        for (var i = 0; i < MaxVarint && reader.TryRead(out var part); i++)
        {
            value |= (uint)(part & 0x7f) << (7 * i);
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
