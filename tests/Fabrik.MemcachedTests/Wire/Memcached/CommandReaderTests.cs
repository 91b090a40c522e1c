using System.Text;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Memcached;

public sealed class CommandReaderTests
{
    public static TheoryData<string, string> Classic => CommandTables.Classic;

    public static TheoryData<string, string> Meta => CommandTables.Meta;

    public static TheoryData<string, string> Wrong => CommandTables.Wrong;

    public static TheoryData<string, string> WrongMeta => CommandTables.WrongMeta;

    /// <summary>What is wrong by limits of ours, which memcached does not have or has elsewhere.</summary>
    public static TheoryData<string, string> Limited => new()
    {
        { "set k 0 0 101\r\n", "TooLarge: SERVER_ERROR object too large for cache (skip 118)" },
        { "set k 0 0 101 noreply\r\n", "TooLarge:  (skip 126)" },
        { "ms k 101 q\r\n", "TooLarge: SERVER_ERROR object too large for cache (skip 115)" },
        { "set k 0 0 2147483646\r\n", "BadFormat: CLIENT_ERROR bad command line format (close)" },
        { "set k 0 0 2147483645\r\n", "TooLarge: SERVER_ERROR object too large for cache (skip 2147483669)" },
        { "set k 0 0 9223372036854775808\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 31)" },
        { "set k 0 0 5\t\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 14)" },
        { "get a\0b\r\n", "BadFormat: CLIENT_ERROR bad command line format (close)" },
        { $"delete {new string('k', 400)}", "LineTooLong: CLIENT_ERROR line too long (close)" },
        { $"get {new string('k', 3000)}", "LineTooLong: CLIENT_ERROR line too long (close)" },
    };

    [Theory]
    [MemberData(nameof(Classic))]
    [MemberData(nameof(Meta))]
    [MemberData(nameof(Wrong))]
    [MemberData(nameof(WrongMeta))]
    [MemberData(nameof(Limited))]
    public void TryRead_Line_IsRead(string sent, string expected)
    {
        var told = CommandStream.Read(Bytes(sent), MemcachedProtocol.Text, []);
        Assert.Equal(expected, told[0]);
        Assert.True(told.Count == 1 || told[1].EndsWith("left", StringComparison.Ordinal), told[^1]);
    }

    [Theory]
    [MemberData(nameof(Classic))]
    [MemberData(nameof(Meta))]
    [MemberData(nameof(Wrong))]
    [MemberData(nameof(WrongMeta))]
    [MemberData(nameof(Limited))]
    public void TryRead_CutAnywhere_IsReadTheSame(string sent, string expected)
    {
        var bytes = Bytes(sent);
        for (int cut = 0; cut < bytes.Length; cut++)
        {
            Assert.Equal((cut, expected), (cut, CommandStream.Read(bytes, MemcachedProtocol.Text, [cut])[0]));
        }
    }

    [Fact]
    public void TryRead_PipelineByteForByte_IsReadTheSame()
    {
        // Those that close the connection, or miss a part, cannot stand before others.
        var rows = CommandTables.Classic.Concat(CommandTables.Meta).Concat(CommandTables.WrongMeta)
            .Concat(CommandTables.Wrong.Where(row => !row.Data.Item2.Contains("close", StringComparison.Ordinal)))
            .Select(row => row.Data)
            .ToList();
        var stream = Bytes(string.Concat(rows.Select(row => row.Item1)));
        var expected = rows.Select(row => row.Item2).ToList();
        Assert.Equal(expected, CommandStream.Read(stream, MemcachedProtocol.Text, []));
        Assert.Equal(expected, CommandStream.Read(stream, MemcachedProtocol.Text, Enumerable.Range(0, stream.Length)));
    }

    [Theory]
    [InlineData("set k 0 0 1 noreply\r\n", "set k 0 0 1\r\n")]
    [InlineData("delete k  noreply \r\n", "delete k  \r\n")]
    [InlineData("mg k v q k\r\n", "mg k v k\r\n")]
    [InlineData("mg k qquiet\n", "mg k\n")]
    [InlineData("flush_all noreply\r\n", "flush_all\r\n")]
    public void Quiet_CutOff_LeavesTheLoudCommand(string sent, string expected)
    {
        CommandReader.TryRead(
            Bytes(sent), MemcachedProtocol.Text, ReaderLimits.Default, out var command, out _);
        Assert.True(command.IsQuiet);
        Assert.Equal(expected, sent.Remove(command.QuietOffset, command.QuietLength));
    }

    [Fact]
    public void TryRead_HeadOfALargeValue_TellsKeyAndLengths()
    {
        var status = CommandReader.TryRead(
            "set key 5 0 1000000\r\nabc"u8, MemcachedProtocol.Text, ReaderLimits.Default, out var command, out _);
        Assert.Equal(ReadStatus.NeedMore, status);
        Assert.Equal(
            (4, 3, 21, 1_000_000, 1_000_023),
            (command.KeyOffset, command.KeyLength, command.HeadLength, command.ValueLength, command.Length));
    }

    [Fact]
    public void MaxRetrievalLineLength_ManyKeys_AreAllTold()
    {
        string line = "get " + string.Join(' ', Enumerable.Range(0, 5000).Select(i => $"key{i:d7}")) + "\r\n";
        var status = CommandReader.TryRead(
            Bytes(line), MemcachedProtocol.Text, ReaderLimits.Default, out var command, out _);
        Assert.Equal((ReadStatus.Read, 5000), (status, command.KeyCount));
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
