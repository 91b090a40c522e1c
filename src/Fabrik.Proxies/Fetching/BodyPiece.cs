using Fabrik.Cache;
using Fabrik.Proxies.Origins;

namespace Fabrik.Proxies.Fetching;

/// <summary>What a reader gets next.</summary>
internal enum BodyPieceKind
{
    /// <summary>Bytes in memory.</summary>
    Bytes,

    /// <summary>A part of an artifact of the store.</summary>
    Artifact,

    /// <summary>Everything has been read.</summary>
    End,

    /// <summary>No more can be had: the answer has to be broken off.</summary>
    Broken,
}

/// <summary>The next part of a body; who got it disposes of it as soon as it has copied or sent it.</summary>
internal readonly struct BodyPiece : IAsyncDisposable
{
    private readonly SliceBuffer? _buffer;

    private BodyPiece(BodyPieceKind kind) => Kind = kind;

    private BodyPiece(SliceBuffer? buffer, ReadOnlyMemory<byte> bytes)
    {
        Kind = BodyPieceKind.Bytes;
        _buffer = buffer;
        Bytes = bytes;
        Length = bytes.Length;
    }

    /// <summary>Which of the properties holds it.</summary>
    public BodyPieceKind Kind { get; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The artifact.</summary>
    public CachedArtifact? Artifact { get; private init; }

    /// <summary>The first of its bytes that is meant.</summary>
    public long Offset { get; private init; }

    /// <summary>How many bytes.</summary>
    public long Length { get; private init; }

    /// <summary>Why there is no more.</summary>
    public OriginFault? Fault { get; private init; }

    /// <summary>Everything has been read.</summary>
    public static BodyPiece End => new(BodyPieceKind.End);

    /// <summary>Bytes of a slice that is held, or of the reader's own.</summary>
    public static BodyPiece Of(SliceBuffer? buffer, ReadOnlyMemory<byte> bytes) => new(buffer, bytes);

    /// <summary>A part of an artifact.</summary>
    public static BodyPiece Of(CachedArtifact artifact, long offset, long length) =>
        new(BodyPieceKind.Artifact) { Artifact = artifact, Offset = offset, Length = length };

    /// <summary>No more can be had.</summary>
    public static BodyPiece Broken(OriginFault fault) => new(BodyPieceKind.Broken) { Fault = fault };

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _buffer?.Release();
        return Artifact?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
