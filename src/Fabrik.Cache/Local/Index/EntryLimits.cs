using System.Text;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>What fits into an entry's record.</summary>
internal static class EntryLimits
{
    /// <summary>What is wrong with a metadata; <see langword="null"/> when it can be kept.</summary>
    public static CacheError? FindFault(ArtifactMetadata metadata)
    {
        if (EntryRecord.LengthOfProperties(metadata) > EntryRecord.MaxProperties)
        {
            return Invalid($"an entry has at most {EntryRecord.MaxProperties} bytes of properties");
        }

        if (metadata.Listing.Length == 0)
        {
            return null;
        }

        if (Encoding.UTF8.GetByteCount(metadata.Listing) > IArtifactListing.MaxListingBytes)
        {
            return Invalid($"the name of a listing has at most {IArtifactListing.MaxListingBytes} bytes");
        }

        var length = Encoding.UTF8.GetByteCount(metadata.Key);
        return length is > 0 and <= IArtifactListing.MaxKeyBytes
            ? null
            : Invalid($"the key of a listed entry has {length} bytes, expected 1 to {IArtifactListing.MaxKeyBytes}");
    }

    private static CacheError Invalid(string message) => CacheError.Client(CacheErrorKind.InvalidRequest, message);
}
