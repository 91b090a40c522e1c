namespace Fabrik.Cache.Local.Index;

/// <summary>The part of an entry that is read without its texts.</summary>
/// <param name="Size">Bytes that evicting it frees: its blob as stored, its record and its key.</param>
/// <param name="CreatedAt">When it was stored, Unix milliseconds.</param>
/// <param name="ExpiresAt">When it expires, Unix milliseconds; 0 for never.</param>
internal readonly record struct EntryHead(long Size, long CreatedAt, long ExpiresAt)
{
    public bool IsExpired(long now) => ExpiresAt != 0 && ExpiresAt <= now;
}
