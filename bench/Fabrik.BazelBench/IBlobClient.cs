using Fabrik.Wire.Bazel;

namespace Fabrik.BazelBench;

/// <summary>Writes and reads blobs one by one, over one of the protocols.</summary>
internal interface IBlobClient : IDisposable
{
    /// <summary>Stores a blob.</summary>
    Task WriteAsync(int worker, BlobDigest digest, byte[] content);

    /// <summary>Reads a blob to its end.</summary>
    /// <returns>Its bytes.</returns>
    Task<long> ReadAsync(int worker, BlobDigest digest);
}
