using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Codec;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Blob files: any bytes read as content of the length they tell, or as damage; also once their checksums are mended,
/// which a mutation alone would hardly ever do.
/// </summary>
internal sealed class BlobReaderTarget : IFuzzTarget
{
    private static readonly BlobEncodingOptions Plain = new() { FrameSize = 1024 };
    private static readonly BlobEncodingOptions Sealed = Plain with { EncryptionKey = new byte[32] };

    public string Name => "blob-reader";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encode(Plain, 0),
        Encode(Plain, 3000),
        Encode(Plain with { Compression = CompressionKind.None }, 1500),
        Encode(Sealed, 2500),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        using var file = OpenTemporary();
        Read(file, bytes);
        if (BlobMending.MendChecksum(bytes, default))
        {
            Read(file, bytes);
            BlobMending.MendFrames(bytes);
            BlobMending.MendChecksum(bytes, default);
            Read(file, bytes);
        }
    }

    private static void Read(SafeFileHandle file, byte[] bytes)
    {
        RandomAccess.SetLength(file, bytes.Length);
        RandomAccess.Write(file, bytes, 0);
        if (!Complete(BlobReader.OpenAsync(file, Sealed)).TryGet(out var reader, out var error))
        {
            Expect(error);
            return;
        }

        using (reader)
        {
            using var content = new MemoryStream();
            var pipe = PipeWriter.Create(content, new StreamPipeWriterOptions(leaveOpen: true));
            var copied = Complete(reader.CopyToAsync(pipe, 0, reader.LogicalLength, CancellationToken.None));
            pipe.Complete();
            if (!copied.TryGet(out _, out error))
            {
                Expect(error);
            }
            else if (content.Length != reader.LogicalLength)
            {
                throw new InvalidDataException($"{content.Length} bytes came out of {reader.LogicalLength}");
            }
        }
    }

    /// <summary>A mutation of the key id is answered as another key, every other one as damage.</summary>
    private static void Expect(CacheError error)
    {
        if (error.Kind != CacheErrorKind.Damaged
            && !error.Message.Contains("is encrypted under the key with id", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{error.Kind}: {error.Message}");
        }
    }

    private static byte[] Encode(BlobEncodingOptions options, int length)
    {
        using var file = OpenTemporary();
        using var writer = new BlobWriter(file, options);
        var content = new byte[length];
        new Random(length).NextBytes(content.AsSpan(length / 2));
        Complete(writer.WriteAsync(content));
        Complete(writer.CompleteAsync());
        var bytes = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, bytes, 0);
        return bytes;
    }

    private static SafeFileHandle OpenTemporary() => File.OpenHandle(
        Path.Combine(Path.GetTempPath(), $"fabrik-fuzz-{Guid.NewGuid():n}"),
        FileMode.CreateNew,
        FileAccess.ReadWrite,
        FileShare.None,
        FileOptions.DeleteOnClose);

    private static T Complete<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static void Complete(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}
