namespace Fabrik.Cache.Codec;

/// <summary>Compares the key that something was encrypted under with the key at hand.</summary>
internal static class BlobKeyCheck
{
    /// <summary>What is wrong, to follow the name of the thing; <see langword="null"/> if nothing is.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> key, ReadOnlySpan<byte> writtenKeyId)
    {
        var written = Convert.ToHexStringLower(writtenKeyId);
        if (key.Length != BlobEncodingOptions.KeyLength)
        {
            return $"is encrypted (key id {written}), and no encryption key is set";
        }

        Span<byte> keyId = stackalloc byte[BlobCipher.KeyIdLength];
        BlobCipher.WriteKeyId(key, keyId);
        return keyId.SequenceEqual(writtenKeyId)
            ? null
            : $"is encrypted under the key with id {written}, and the key that is set has id "
                + Convert.ToHexStringLower(keyId);
    }
}
