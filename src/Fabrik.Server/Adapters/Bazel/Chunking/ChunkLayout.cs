using System.Diagnostics.CodeAnalysis;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos;
using Fabrik.Wire.Protos.Bazel.V2;
using Function = Fabrik.Wire.Protos.Bazel.V2.ChunkingFunction.Types.Value;

namespace Fabrik.Server.Adapters.Bazel.Chunking;

/// <summary>
/// The chunks that a blob is made of. One that is stored has been proven: the concatenation had the blob's digest.
/// </summary>
/// <param name="Blob">The blob.</param>
/// <param name="Chunks">The chunks, in their order; none of them is empty.</param>
/// <param name="Function">Who cut them, as far as it is known.</param>
internal sealed record ChunkLayout(BlobDigest Blob, IReadOnlyList<BlobDigest> Chunks, Function Function)
{
    /// <summary>The blob itself as its only chunk, or no chunk if it is empty.</summary>
    public static ChunkLayout Whole(BlobDigest blob) => new(blob, blob.IsEmpty ? [] : [blob], Function.FastCdc2020);

    /// <summary>
    /// Whether clients that were told of <see cref="FastCdc2020"/> take it: Bazel refuses a layout with larger chunks
    /// than that makes, or of a function that it was not told of. Chunks that are too small are nobody's gain either.
    /// </summary>
    public bool IsForEverybody
    {
        get
        {
            var isKnown = Function is Function.Unknown or Function.FastCdc2020;
            for (var i = 0; isKnown && i < Chunks.Count; i++)
            {
                var least = i == Chunks.Count - 1 ? 1 : ChunkLimit.MinChunk;
                isKnown = Chunks[i].Size >= least && Chunks[i].Size <= ChunkLimit.MaxChunk;
            }

            return isKnown;
        }
    }

    /// <summary>Reads what <see cref="ToMessage"/> was stored as.</summary>
    /// <param name="bytes">The stored bytes.</param>
    /// <param name="blob">The blob that they are of.</param>
    /// <param name="layout">The layout.</param>
    /// <param name="error">Why there is none.</param>
    public static bool TryParse(
        byte[] bytes, BlobDigest blob, [NotNullWhen(true)] out ChunkLayout? layout, out string error)
    {
        layout = null;
        if (!SplitBlobResponse.Parser.TryParse(bytes, out var message, out var fault))
        {
            error = fault;
            return false;
        }

        if (!TryRead(message.ChunkDigests, blob, out var chunks, out error))
        {
            return false;
        }

        layout = new ChunkLayout(blob, chunks, message.ChunkingFunction);
        return true;
    }

    /// <summary>Reads the chunks of a blob; they have its size together. Empty ones are left out.</summary>
    public static bool TryRead(
        IReadOnlyList<Digest> messages, BlobDigest blob, out IReadOnlyList<BlobDigest> chunks, out string error)
    {
        chunks = [];
        if (messages.Count > ChunkLimit.Chunks)
        {
            error = $"a blob has at most {ChunkLimit.Chunks} chunks, not {messages.Count}";
            return false;
        }

        List<BlobDigest> read = new(messages.Count);
        var rest = blob.Size;
        foreach (var message in messages)
        {
            if (!BlobDigest.TryParse(message, out var chunk, out error))
            {
                return false;
            }

            // Never below zero, so that no sum overflows.
            if (chunk.Size > rest)
            {
                error = $"the chunks have more bytes together than the {blob.Size} of the blob";
                return false;
            }

            rest -= chunk.Size;
            if (!chunk.IsEmpty)
            {
                read.Add(chunk);
            }
        }

        chunks = read;
        error = rest == 0 ? "" : $"the chunks have {blob.Size - rest} bytes together, and the blob {blob.Size}";
        return rest == 0;
    }

    /// <summary>As the answer to a client, which is what is stored too.</summary>
    public SplitBlobResponse ToMessage() => new()
    {
        ChunkDigests = { Chunks.Select(static chunk => chunk.ToMessage()) },
        ChunkingFunction = Function,
    };
}
