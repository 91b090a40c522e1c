using System.Buffers.Binary;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Fuzz.Crash;

/// <summary>The bytes behind a number, the same in every process; few numbers, so that equal contents meet.</summary>
internal static class CrashContent
{
    /// <summary>Different contents.</summary>
    public const int Count = 300;

    private const int InlineLimit = 64 * 1024;

    /// <summary>The property of an entry that names its content.</summary>
    public const string Property = "content";

    /// <summary>The listings there are.</summary>
    public static IReadOnlyList<string> Listings { get; } = ["a", "b"];

    public static byte[] Bytes(int number)
    {
        var random = new Random(number + 1);
        var bytes = new byte[Size(number, random)];
        random.NextBytes(bytes);
        if (number % 3 == 0)
        {
            // Compressible: few letters, long runs.
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)('a' + (bytes[i / 64 * 64] % 4));
            }
        }

        // No two numbers have the same bytes; one of them has none.
        if (bytes.Length > 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        }

        return bytes;
    }

    /// <summary>In which listing an entry is that has this content; empty for none.</summary>
    public static string ListingOf(int number) => (number % 4) switch
    {
        1 => Listings[0],
        2 => Listings[1],
        _ => "",
    };

    public static ContentDigest Digest(byte[] bytes) =>
        new(System.Security.Cryptography.SHA256.HashData(bytes));

    private static int Size(int number, Random random) => (number % 20) switch
    {
        0 when number == 0 => 0,
        < 2 => random.Next(sizeof(int), 64),
        < 7 => random.Next(64, 8 * 1024),
        < 11 => InlineLimit + random.Next(-2, 3),
        < 17 => random.Next(InlineLimit, 256 * 1024),
        < 19 => random.Next(256 * 1024, 1024 * 1024),
        _ => random.Next(1024 * 1024, (2 * 1024 * 1024) + 1),
    };
}
