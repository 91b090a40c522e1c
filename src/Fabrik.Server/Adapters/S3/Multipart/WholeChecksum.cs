using Fabrik.Wire.S3.Checksums;

namespace Fabrik.Server.Adapters.S3.Multipart;

/// <summary>
/// The checksum that a client gives of the whole object when it completes an upload. One that is made of the checksums
/// of parts (<c>value-N</c>) says nothing of the whole, and is not looked at: the parts were checked one by one.
/// </summary>
/// <param name="Algorithm">None if there is none.</param>
/// <param name="Value">In base64.</param>
internal readonly record struct WholeChecksum(ChecksumAlgorithms Algorithm, string Value)
{
    /// <summary>Reads the headers of a completion.</summary>
    public static WholeChecksum Read(S3Call call)
    {
        foreach (var algorithm in ChecksumNames.All)
        {
            if (algorithm != ChecksumAlgorithms.Md5
                && call.Header(ChecksumNames.HeaderOf(algorithm)) is { } value
                && ChecksumSet.IsWellFormed(algorithm, value))
            {
                return new WholeChecksum(algorithm, value);
            }
        }

        return new WholeChecksum(ChecksumAlgorithms.None, "");
    }

    /// <summary>Whether it is the one of what has passed.</summary>
    public bool Holds(ChecksumSet passed) =>
        Algorithm == ChecksumAlgorithms.None || passed.Matches(Algorithm, Value);

    /// <summary>As it is kept with the object.</summary>
    public IEnumerable<KeyValuePair<string, string>> Properties => Algorithm == ChecksumAlgorithms.None
        ? []
        : [new(ChecksumNames.HeaderOf(Algorithm), Value)];
}
