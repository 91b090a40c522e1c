using System.Text;
using Fabrik.Memcached.SideEffects.Spool;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.SideEffects.Spool;

public sealed class SpoolLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabrik-spool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Append_ThenReadByAnotherProcess_GivesAllInOrder()
    {
        using (var log = Open())
        {
            log.Append(Keys("a", "bb"));
            log.Append(Keys("ccc"));
        }

        using var next = Open();
        Assert.Equal(3, next.Keys);
        next.Append(Keys("d"));
        Assert.Equal(["a", "bb", "ccc", "d"], ReadAll(next));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Read_OfWhatIsWrittenMeanwhile_GivesAllInOrder()
    {
        using var log = Open();
        log.Append(Keys("a", "b"));
        Assert.True(log.TryPeek(out var first));
        Assert.Equal("a", Encoding.ASCII.GetString(first));
        log.Advance();
        log.Append(Keys("c"));

        Assert.Equal(["b", "c"], ReadAll(log));
        log.Append(Keys("d"));
        Assert.Equal(["d"], ReadAll(log));
    }

    [Fact]
    public void Open_AfterACrashAtAnyByte_GivesTheWholeRecordsAndTakesMore()
    {
        string[] keys = ["alpha", "b", "gamma:3"];
        using (var log = Open())
        {
            log.Append(Keys(keys));
        }

        var file = Assert.Single(Directory.GetFiles(_folder));
        var bytes = File.ReadAllBytes(file);
        for (var length = 0; length <= bytes.Length; length++)
        {
            Array.ForEach(Directory.GetFiles(_folder), File.Delete);
            File.WriteAllBytes(file, bytes[..length]);
            var whole = keys.TakeWhile((_, i) => length >= keys.Take(i + 1).Sum(key => key.Length + 8)).ToList();

            using var log = Open();
            Assert.Equal(whole.Count, log.Keys);
            log.Append(Keys("later"));
            Assert.Equal([.. whole, "later"], ReadAll(log));
        }
    }

    [Fact]
    public void Open_WithAnyByteChanged_NeverGivesAWrongKey()
    {
        string[] keys = ["alpha", "b", "gamma:3"];
        using (var log = Open())
        {
            log.Append(Keys(keys));
        }

        var file = Assert.Single(Directory.GetFiles(_folder));
        var bytes = File.ReadAllBytes(file);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x41;
            File.WriteAllBytes(file, damaged);

            using var log = Open();
            Assert.All(ReadAll(log), key => Assert.True(Array.IndexOf(keys, key) >= 0));
        }
    }

    [Fact]
    public void Append_BeyondTheLimit_DropsTheOldestAndCounts()
    {
        using var log = Open(maxBytes: 40_000);
        var keys = Enumerable.Range(0, 5000).Select(i => $"key:{i:D6}").ToArray();
        foreach (var key in keys)
        {
            log.Append(Keys(key));
        }

        var left = ReadAll(log);

        Assert.Equal(5000, left.Count + log.DroppedKeys);
        Assert.Equal(string.Join(' ', keys[^left.Count..]), string.Join(' ', left));
        Assert.InRange(left.Count, 1500, 2300);
    }

    [Fact]
    public void Append_ThatFails_LeavesNoFilesBehindAndIsRepeated()
    {
        using var log = Open();
        log.Append(Keys("a"));
        Assert.True(log.TryPeek(out _));
        for (var i = 0; i < 3; i++)
        {
            Directory.Move(_folder, _folder + "-away");
            Assert.ThrowsAny<IOException>(() => log.Append(Keys("b", "c")));
            Directory.Move(_folder + "-away", _folder);
        }

        log.Append(Keys("b", "c"));

        Assert.Equal(2, Directory.GetFiles(_folder).Length);
        Assert.Equal(["a", "b", "c"], ReadAll(log));
        Assert.Equal(0, log.DroppedKeys);
    }

    [Fact]
    public void Append_OnAFullDisk_LeavesNoFilesBehind()
    {
        using var disk = SmallDisk.TryMount(1);
        Assert.SkipWhen(disk is null, "file systems cannot be mounted here");
        using var log = new SpoolLog(new SpoolOptions { Folder = disk.Folder, Sync = false });
        var ballast = disk.FillUp();

        for (var i = 0; i < 5; i++)
        {
            Assert.ThrowsAny<IOException>(() => log.Append([.. Enumerable.Repeat(new byte[60_000], 4)]));
        }

        Assert.Equal(ballast, Assert.Single(Directory.GetFiles(disk.Folder)));
        Assert.Equal(0, log.Keys);
        File.Delete(ballast);
        log.Append(Keys("a"));
        Assert.Equal(["a"], ReadAll(log));
    }

    [Fact]
    public void New_OnAReadOnlyDisk_IsRefused()
    {
        using var disk = SmallDisk.TryMount(1);
        Assert.SkipWhen(disk is null, "file systems cannot be mounted here");
        disk.SetReadOnly(true);

        Assert.ThrowsAny<IOException>(() => new SpoolLog(new SpoolOptions { Folder = disk.Folder }));
    }

    [Fact]
    public void Read_OfAFileThatIsGone_CountsItsKeysAsDropped()
    {
        using var log = Open();
        log.Append(Keys("a", "b"));
        File.Delete(Assert.Single(Directory.GetFiles(_folder)));

        Assert.Empty(ReadAll(log));
        Assert.Equal(2, log.DroppedKeys);
    }

    private SpoolLog Open(long maxBytes = 1 << 20) =>
        new(new SpoolOptions { Folder = _folder, MaxBytes = maxBytes, Sync = false });

    private static byte[][] Keys(params string[] keys) => Array.ConvertAll(keys, Encoding.ASCII.GetBytes);

    private static List<string> ReadAll(SpoolLog log)
    {
        var keys = new List<string>();
        while (log.TryPeek(out var key))
        {
            keys.Add(Encoding.ASCII.GetString(key));
            log.Advance();
        }

        return keys;
    }
}
