namespace Fabrik.Cache.Codec;

/// <summary>Compares the key that something was encrypted under with the key at hand.</summary>
internal static class BlobKeyCheck
{
    /// <summary>What is wrong, to follow the name of the thing; <see langword="null"/> if nothing is.</summary>
    /// <param name="keyId">The id of the key at hand; empty if there is none.</param>
    /// <param name="writtenKeyId">The id of the key it was encrypted under.</param>
    public static string? FaultOf(ReadOnlySpan<byte> keyId, ReadOnlySpan<byte> writtenKeyId)
    {
        if (keyId.SequenceEqual(writtenKeyId))
        {
            return null;
        }

        var written = Convert.ToHexStringLower(writtenKeyId);
        return keyId.IsEmpty
            ? $"is encrypted (key id {written}), and no encryption key is set"
            : $"is encrypted under the key with id {written}, and the key that is set has id "
                + Convert.ToHexStringLower(keyId);
    }
}
