using Fabrik.Settings.Values;
using Xunit;

namespace Fabrik.UnitTests.Settings.Values;

public sealed class ValueTypeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("10GB", 10_000_000_000)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("64 kib", 64L << 10)]
    [InlineData("1.5GB", 1_500_000_000)]
    [InlineData("9223372036854775807B", long.MaxValue)]
    [InlineData("3TB", 3_000_000_000_000)]
    public void ByteSize_GoodText_IsRead(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out ByteSize size));
        Assert.Equal(bytes, size.Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-1GB")]
    [InlineData("1XB")]
    [InlineData("1.5B")]
    [InlineData("0.3KiB")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("9223372036854775808")]
    [InlineData("9999999999PiB")]
    public void ByteSize_BadText_IsRefused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1, "1B")]
    [InlineData(1000, "1kB")]
    [InlineData(1024, "1KiB")]
    [InlineData(1025, "1025B")]
    [InlineData(10_000_000_000, "10GB")]
    [InlineData(2L << 30, "2GiB")]
    [InlineData(long.MaxValue, "9223372036854775807B")]
    public void ByteSize_Written_IsShortestAndReadsBack(long bytes, string text)
    {
        Assert.Equal(text, new ByteSize(bytes).ToString());
        Assert.True(ByteSize.TryParse(text, out ByteSize size));
        Assert.Equal(bytes, size.Bytes);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("30s", 30_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("1w", 604_800_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("500ms", 500)]
    [InlineData("1m1ms", 60_001)]
    public void Duration_GoodText_IsRead(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out TimeSpan span));
        Assert.Equal(milliseconds, span.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.5s")]
    [InlineData("30m1h")]
    [InlineData("1s1s")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("99999999999999999d")]
    [InlineData("999999999999999d")]
    [InlineData("1y")]
    public void Duration_BadText_IsRefused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(5_400_000, "1h30m")]
    [InlineData(604_800_000, "7d")]
    [InlineData(60_001, "1m1ms")]
    public void Duration_Written_ReadsBack(long milliseconds, string text)
    {
        Assert.Equal(text, Duration.Format(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.True(Duration.TryParse(text, out TimeSpan span));
        Assert.Equal(milliseconds, span.TotalMilliseconds);
    }

    [Theory]
    [InlineData("127.0.0.1:8080", "127.0.0.1", 8080, true)]
    [InlineData("[::1]:0", "::1", 0, true)]
    [InlineData("*:65535", "*", 65535, false)]
    [InlineData("localhost:1", "localhost", 1, true)]
    [InlineData("0.0.0.0:80", "0.0.0.0", 80, false)]
    public void BindAddress_GoodText_IsReadAndWrittenBack(string text, string host, int port, bool isLoopback)
    {
        BindAddress address = BindAddress.Parse(text)!;
        Assert.Equal((host, port, isLoopback, text), (address.Host, address.Port, address.IsLoopback, address.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("8080")]
    [InlineData(":8080")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:+1")]
    [InlineData("127.1:80")]
    [InlineData("1:80")]
    [InlineData("::1:80")]
    [InlineData("[::1]80")]
    [InlineData("example.com:80")]
    [InlineData("unix:relative.sock")]
    public void BindAddress_BadText_IsRefused(string text) => Assert.Null(BindAddress.Parse(text));

    [Fact]
    public void BindAddress_SocketFile_IsRead()
    {
        BindAddress address = BindAddress.Parse("unix:/run/fabrik.sock")!;
        Assert.Equal(("/run/fabrik.sock", true), (address.UnixPath, address.IsLoopback));
        Assert.Equal("unix:/run/fabrik.sock", address.ToString());
    }

    [Theory]
    [InlineData("max_sise", "max_size")]
    [InlineData("mxa_size", "max_size")]
    [InlineData("MAX_SIZE", "max_size")]
    [InlineData("dri", "dir")]
    [InlineData("completely_else", null)]
    [InlineData("", null)]
    public void Suggestion_Misspelt_FindsTheNearest(string written, string? expected) =>
        Assert.Equal(expected, Suggestion.Nearest(written, ["dir", "max_size", "max_artifact_size"]));

    [Theory]
    [InlineData("ab", "ba", 1)]
    [InlineData("abc", "abc", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Suggestion_Distance_CountsEdits(string from, string to, int edits) =>
        Assert.Equal(edits, Suggestion.Distance(from, to));
}
