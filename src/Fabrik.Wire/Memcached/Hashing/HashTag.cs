namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// Two characters of which only what stands between them in a key is hashed, so that keys that belong together are on
/// one server: twemproxy's <c>hash_tag</c>. A key without them, or with nothing between them, is hashed whole.
/// </summary>
public readonly record struct HashTag
{
    private readonly byte _open;
    private readonly byte _close;

    private HashTag(byte open, byte close) => (_open, _close) = (open, close);

    /// <summary>None: keys are hashed whole.</summary>
    public static HashTag None => default;

    /// <summary>Reads it from configuration.</summary>
    /// <param name="text">Two printable ASCII characters; null or empty for none.</param>
    /// <param name="tag">What it says.</param>
    /// <returns>False where the text is something else.</returns>
    public static bool TryParse(string? text, out HashTag tag)
    {
        tag = None;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (text.Length != 2 || text[0] is <= ' ' or > '~' || text[1] is <= ' ' or > '~')
        {
            return false;
        }

        tag = new HashTag((byte)text[0], (byte)text[1]);
        return true;
    }

    /// <summary>What of a key is hashed.</summary>
    public ReadOnlySpan<byte> Select(ReadOnlySpan<byte> key)
    {
        if (_open == 0)
        {
            return key;
        }

        var start = key.IndexOf(_open) + 1;
        if (start == 0)
        {
            return key;
        }

        var length = key[start..].IndexOf(_close);
        return length > 0 ? key.Slice(start, length) : key;
    }
}
