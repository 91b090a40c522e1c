using System.Text;
using Fabrik.Wire.Bazel;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Names of ByteStream resources: no text throws, a refusal says why, nothing is both a read and a write, and what is
/// taken is the same resource when it is written again.
/// </summary>
internal sealed class ResourceNameTarget : IFuzzTarget
{
    private const string Hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    public string Name => "resource-name";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Seed($"blobs/{Hash}/5"), Seed($"a/b/blobs/sha256/{Hash}/9223372036854775807"),
        Seed($"main/compressed-blobs/zstd/{Hash}/5"), Seed($"compressed-blobs/zstd/blake3/{Hash}/5"),
        Seed($"uploads/0b9d1a52-7a5c-4b7e-9d7e-1f1f6c0c8a11/blobs/{Hash}/5/meta/data"),
        Seed($"main/uploads/0b9d1a52/compressed-blobs/zstd/{Hash}/5"), Seed($"é/uploads/blobs/blobs/md5/{Hash}/5"),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        var isRead = ResourceName.TryParseRead(text, out var read, out var readError);
        var isWrite = ResourceName.TryParseWrite(text, out var write, out var writeError);
        if (isRead && isWrite)
        {
            throw new InvalidDataException($"'{text}' is read and written");
        }

        if (isRead != (readError.Length == 0) || isWrite != (writeError.Length == 0))
        {
            throw new InvalidDataException($"'{text}' is refused without a reason, or taken with one");
        }

        if (isRead && (!ResourceName.TryParseRead(read.ToString(), out var again, out _) || again != read))
        {
            throw new InvalidDataException($"'{text}' is {read}, which is another");
        }

        if (isWrite && (!ResourceName.TryParseWrite(write.ToString(), out again, out _) || again != write))
        {
            throw new InvalidDataException($"'{text}' is {write}, which is another");
        }

        CheckInstance(text, isRead ? read : write, isRead || isWrite);
    }

    private static void CheckInstance(string text, ResourceName resource, bool isTaken)
    {
        if (isTaken && !InstanceName.IsValid(resource.Instance, out var error))
        {
            throw new InvalidDataException($"'{text}' was taken, but {error}");
        }

        if (!isTaken && InstanceName.IsValid(text, out _)
            && !ResourceName.TryParseRead(ResourceName.ForRead(text, BlobDigest.Empty).ToString(), out _, out error))
        {
            throw new InvalidDataException($"an instance can be '{text}', but {error}");
        }
    }

    private static byte[] Seed(string name) => Encoding.UTF8.GetBytes(name);
}
