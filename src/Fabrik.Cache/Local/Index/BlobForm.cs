namespace Fabrik.Cache.Local.Index;

/// <summary>How a content lies on disk. The values are persisted.</summary>
internal enum BlobForm : byte
{
    /// <summary>In the index, as an inline value of docs/formats/blob.md.</summary>
    Inline = 0,

    /// <summary>A file that holds exactly the content, so that the kernel can send it.</summary>
    Plain = 1,

    /// <summary>A blob file of docs/formats/blob.md: compressed, encrypted, or both.</summary>
    Encoded = 2,
}
