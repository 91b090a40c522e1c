namespace Fabrik.Wire.Protos.Fabrik;

/// <summary>What both sides of the Fabrik protocol agree on; docs/protocols/fabrik.md is its specification.</summary>
public static class FabrikContract
{
    /// <summary>The service's name, the first part of every path.</summary>
    public const string Service = "fabrik.v1.FabrikCache";

    /// <summary>The newest version that this code speaks.</summary>
    public const int Version = 1;

    /// <summary>
    /// The oldest version that this code speaks: the first five methods, without sizes and digests in advance.
    /// </summary>
    public const int OldestVersion = 0;

    /// <summary>The namespace of the keys that the hashes of this protocol are.</summary>
    public const string Namespace = "fabrik";

    /// <summary>The trailer that names the kind of a failure; a status alone is coarser.</summary>
    public const string ErrorTrailer = "fabrik-error";

    /// <summary>Bytes of a hash or digest.</summary>
    public const int HashLength = 32;

    /// <summary>The most hashes in one batch: 2 MiB, half of what a gRPC message may have by default.</summary>
    public const int MaxBatch = 65_536;

    /// <summary>The most bytes that one chunk may have; a message is at most 4 MiB by default.</summary>
    public const int MaxChunk = 1024 * 1024;

    /// <summary>
    /// Bytes of a chunk if nothing else is said. A message with it, also one with a small header, fits into 128 KiB,
    /// which is what receivers then rent; whole pages are read from files. Measured: "Chunks" in the specification.
    /// </summary>
    public const int DefaultChunk = 124 * 1024;

    /// <summary>Entries of a metadata map at most.</summary>
    public const int MaxMetadataEntries = 256;

    /// <summary>Bytes of names and values of a metadata map at most, in UTF-16 units.</summary>
    public const int MaxMetadataLength = 32 * 1024;
}
