using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Testing;

/// <summary>In which way a hit offers its bytes.</summary>
public enum ArtifactForm
{
    /// <summary>All at once, from memory.</summary>
    Memory,

    /// <summary>A file whose content starts behind a few bytes that are not the artifact's.</summary>
    File,

    /// <summary>Only by copying, as an encoded artifact does.</summary>
    Copied,
}

/// <summary>A hit of a <see cref="MemoryTier"/>.</summary>
internal sealed class MemoryArtifact(MemoryEntry entry, ArtifactForm form, int? damagedAfter) : CachedArtifact
{
    private const int FileOffset = 3;
    private const int PieceSize = 1000;
    private SafeFileHandle? _file;

    public override ArtifactInfo Info => entry.Info;

    public override bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
    {
        bytes = form == ArtifactForm.Memory ? entry.Bytes : default;
        return form == ArtifactForm.Memory;
    }

    public override bool TryGetFile(out SafeFileHandle? file, out long offset)
    {
        file = null;
        offset = 0;
        if (form != ArtifactForm.File)
        {
            return false;
        }

        _file ??= File.OpenHandle(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            FileOptions.DeleteOnClose);
        RandomAccess.Write(_file, "xyz"u8, 0);
        RandomAccess.Write(_file, entry.Bytes, FileOffset);
        file = _file;
        offset = FileOffset;
        return true;
    }

    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        var rest = entry.Bytes.AsMemory((int)offset, (int)length);
        var written = 0;
        while (written < rest.Length)
        {
            if (written >= damagedAfter)
            {
                return CacheError.Internal(CacheErrorKind.Damaged, "injected damage");
            }

            var piece = rest.Slice(written, Math.Min(PieceSize, rest.Length - written));
            await destination.WriteAsync(piece, cancellationToken);
            written += piece.Length;
        }

        return default(Unit);
    }

    public override ValueTask DisposeAsync()
    {
        _file?.Dispose();
        return ValueTask.CompletedTask;
    }
}
