using System.Globalization;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Fuzz.Crash;

/// <summary>Reads entries in every way a hit offers, and compares the bytes.</summary>
internal static class CrashReader
{
    public static ArtifactId Id(int key) =>
        new ArtifactKey("", "", "crash", key.ToString(CultureInfo.InvariantCulture)).ToId();

    /// <summary>The content of a key by its number, or <see cref="CrashModel.Absent"/>; damaged is absent.</summary>
    /// <exception cref="InvalidOperationException">The bytes are wrong, or the store failed otherwise.</exception>
    public static async Task<int> ReadAsync(ICacheTier store, int key)
    {
        var result = await store.GetAsync(Id(key), default);
        if (!result.TryGet(out var artifact, out var error))
        {
            return error.Kind == CacheErrorKind.Damaged ? CrashModel.Absent : throw Failed(key, error);
        }

        if (artifact is null)
        {
            return CrashModel.Absent;
        }

        await using (artifact)
        {
            var text = artifact.Info.Metadata.Find(CrashContent.Property);
            var number = int.Parse(text ?? "-1", CultureInfo.InvariantCulture);
            var expected = CrashContent.Bytes(number);
            if (artifact.Info.Size != expected.Length || artifact.Info.Digest != CrashContent.Digest(expected))
            {
                throw new InvalidOperationException(
                    $"key {key}: content {number} has {expected.Length} bytes, the store says {artifact.Info.Size}"
                    + $" and digest {artifact.Info.Digest}");
            }

            return await CompareAsync(artifact, key, expected) ? number : CrashModel.Absent;
        }
    }

    /// <summary>False when the store found damage itself.</summary>
    private static async Task<bool> CompareAsync(CachedArtifact artifact, int key, byte[] expected)
    {
        if (artifact.TryGetMemory(out var memory))
        {
            Require(key, "memory", memory.Span, expected);
        }

        using var copy = new MemoryStream();
        var writer = PipeWriter.Create(copy, new StreamPipeWriterOptions(leaveOpen: true));
        var copied = await artifact.CopyToAsync(writer, 0, expected.Length, default);
        await writer.CompleteAsync();
        if (copied.Error is { } error)
        {
            return error.Kind == CacheErrorKind.Damaged ? false : throw Failed(key, error);
        }

        Require(key, "copy", copy.GetBuffer().AsSpan(0, (int)copy.Length), expected);
        if (artifact.TryGetFile(out var file, out var offset))
        {
            var bytes = new byte[expected.Length];
            var length = RandomAccess.Read(file!, bytes, offset);
            Require(key, "file", bytes.AsSpan(0, length), expected);
        }

        return true;
    }

    private static void Require(int key, string way, ReadOnlySpan<byte> found, ReadOnlySpan<byte> expected)
    {
        if (!found.SequenceEqual(expected))
        {
            throw new InvalidOperationException(
                $"key {key}: the {way} has {found.Length} bytes, expected {expected.Length}, equal up to "
                + $"{found.CommonPrefixLength(expected)}");
        }
    }

    private static InvalidOperationException Failed(int key, CacheError error) =>
        new($"key {key}: the store failed with {error.Kind}: {error.Message}", error.Cause);
}
