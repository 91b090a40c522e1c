namespace Fabrik.Cache.Codec;

/// <summary>What became of a blob when it was written.</summary>
/// <param name="LogicalLength">Bytes of content.</param>
/// <param name="StoredLength">Bytes of the file.</param>
/// <param name="FrameCount">How many frames there are.</param>
internal readonly record struct BlobLayout(long LogicalLength, long StoredLength, int FrameCount);
