using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Blobs;

namespace Fabrik.Fuzz.Crash;

/// <summary>Does to blob files what a dying disk or a lost page does.</summary>
internal static class StoreDamage
{
    private const int MaxFiles = 4;

    /// <summary>Damages some files of a closed store.</summary>
    /// <returns>The contents that are not whole any more.</returns>
    public static IReadOnlyList<int> Inflict(string folder, Random random)
    {
        var root = Path.Combine(folder, "blobs");
        if (!Directory.Exists(root))
        {
            return [];
        }

        var numbers = Enumerable.Range(0, CrashContent.Count)
            .ToDictionary(number => CrashContent.Digest(CrashContent.Bytes(number)));
        var files = Directory.GetFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        random.Shuffle(files);
        var damaged = new List<int>();
        foreach (var file in files.Take(random.Next(1, MaxFiles + 1)))
        {
            if (BlobFiles.TryParse(Path.GetFileName(file), out ContentDigest digest, out _))
            {
                damaged.Add(numbers[digest]);
                Damage(file, random);
            }
        }

        return damaged;
    }

    private static void Damage(string path, Random random)
    {
        if (random.Next(6) == 0)
        {
            File.Delete(path);
            return;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var at = random.NextInt64(file.Length);
        var run = new byte[Math.Min(random.Next(1, 8192), file.Length - at)];
        switch (random.Next(5))
        {
            case 0:
                file.SetLength(at);
                return;
            case 1:
                file.SetLength(file.Length + random.Next(1, 4096));
                return;
            case 2:
                // Zeros: a page that never reached the disk.
                break;
            case 3:
                random.NextBytes(run);
                break;
            default:
                file.Position = at;
                run = [(byte)(file.ReadByte() ^ (1 << random.Next(8)))];
                break;
        }

        file.Position = at;
        file.Write(run);
    }
}
