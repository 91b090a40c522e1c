using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>A content that has been received and checked, but is not part of the store yet.</summary>
/// <param name="Place">Where it will lie.</param>
/// <param name="Value">Its bytes, when it goes into the index; a file waits under its number otherwise.</param>
internal sealed record StagedContent(BlobPlace Place, byte[]? Value);
