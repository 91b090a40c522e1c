using Fabrik.Wire.Bazel;

namespace Fabrik.Server.Adapters.Bazel.Chunking;

/// <summary>How far chunks go.</summary>
internal static class ChunkLimit
{
    /// <summary>Chunks of a blob: a message that names them fits into the 4 MiB that every client takes.</summary>
    public const int Chunks = 50_000;

    /// <summary>Bytes of a stored layout of so many chunks, with room to spare.</summary>
    public const int Layout = 4 * 1024 * 1024;

    /// <summary>
    /// Bytes of a blob that is cut. A larger one has too many chunks, unless nearly all of them are above the average.
    /// </summary>
    public const long Blob = (long)Chunks * FastCdc2020.DefaultAverage;

    /// <summary>Bytes of every chunk but the last, at least; a smaller blob is its own only chunk.</summary>
    public const int MinChunk = FastCdc2020.DefaultAverage / 4;

    /// <summary>Bytes of every chunk, at most.</summary>
    public const int MaxChunk = FastCdc2020.DefaultAverage * 4;

    /// <summary>Blobs that are cut at a time; each holds a buffer of <see cref="ChunkCutter.BufferSize"/>.</summary>
    public const int Cuts = 8;
}
