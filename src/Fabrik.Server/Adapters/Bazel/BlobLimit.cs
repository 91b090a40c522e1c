namespace Fabrik.Server.Adapters.Bazel;

/// <summary>How much of blobs one call may be about.</summary>
internal static class BlobLimit
{
    /// <summary>Bytes of all blobs of a batch, not compressed: the usual limit of a message.</summary>
    public const int Batch = 4 * 1024 * 1024;

    /// <summary>
    /// What clients are told instead of <see cref="Batch"/>: digests and statuses need room in a message too.
    /// </summary>
    public const int AnnouncedBatch = 3 * 1024 * 1024;

    /// <summary>Digests of a question, or blobs of a batch.</summary>
    public const int Digests = 100_000;

    /// <summary>Bytes of a message: <see cref="Digests"/> of them, or a batch, fit with room to spare.</summary>
    public const int Message = 9 * 1024 * 1024;

    /// <summary>Bytes of a folder's message; it must fit into <see cref="Message"/>.</summary>
    public const int Folder = 8 * 1024 * 1024;

    /// <summary>
    /// Bytes of a page of folders that has more than one: it fits into a message that every client takes.
    /// </summary>
    public const int Page = (4 * 1024 * 1024) - (64 * 1024);

    /// <summary>Blobs that a call reads or writes at a time.</summary>
    public const int Parallel = 8;

    /// <summary>Folders of a tree, or files, whichever is asked for.</summary>
    public const int TreeNodes = 1_000_000;

    /// <summary>Folders that lie within each other.</summary>
    public const int TreeDepth = 1000;
}
