using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Protos.Fabrik;
using Google.Protobuf;

namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>What callers write for hashes and digests.</summary>
internal static class HashGrammar
{
    /// <summary>Reads 64 hex digits of either case: one hash has one spelling, the lower one.</summary>
    public static string Hash(string hash) => ArtifactId.TryParse(hash, out var id)
        ? id.ToString()
        : throw Invalid("hash must be 64 hex digits");

    /// <summary>Reads a digest of 32 bytes; none is no digest.</summary>
    public static ContentDigest? Digest(ByteString digest) => digest.Length switch
    {
        0 => null,
        FabrikContract.HashLength => new ContentDigest(digest.Span),
        _ => throw Invalid($"digest must be {FabrikContract.HashLength} bytes, not {digest.Length}"),
    };

    /// <summary>How many hashes are packed into bytes.</summary>
    public static int CountOf(ByteString hashes)
    {
        var (count, rest) = Math.DivRem(hashes.Length, FabrikContract.HashLength);
        return rest != 0
            ? throw Invalid($"hashes must be {FabrikContract.HashLength} bytes each: there are {hashes.Length} bytes")
            : count <= FabrikContract.MaxBatch
                ? count
                : throw Invalid($"a batch has at most {FabrikContract.MaxBatch} hashes, not {count}");
    }

    /// <summary>What is thrown for a request that cannot be served.</summary>
    public static RequestFault Invalid(string message) =>
        new(CacheError.Client(CacheErrorKind.InvalidRequest, message));
}
