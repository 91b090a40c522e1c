using Fabrik.Observability.Logs;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.UnitTests.Observability.Logs;

public sealed class TextLogFormatTests
{
    private const string Head = "[fabrik] 2030-01-02T03:04:05.067Z warn  Fabrik.Server.Limits[12] ";

    [Fact]
    public void Write_OfAnEntry_IsThisLine() =>
        Assert.Equal($"{Head}An artifact is too large\n", Write(LogFixture.Entry));

    [Fact]
    public void Write_OfAnEntryWithRequestAndError_HasBothAtTheEnd() => Assert.Equal(
        $"{Head}An artifact is too large request=0HN:1 error=System.InvalidOperationException: no\\nroom\n",
        Write(LogFixture.Entry with
        {
            Fields = [LogFixture.Field("RequestId", "0HN:1")],
            Exception = new InvalidOperationException("no\nroom"),
        }));

    [Theory]
    [InlineData(LogLevel.Trace, " trace F")]
    [InlineData(LogLevel.Debug, " debug F")]
    [InlineData(LogLevel.Information, " info  F")]
    [InlineData(LogLevel.Error, " error F")]
    [InlineData(LogLevel.Critical, " fatal F")]
    public void Level_OfAnEntry_HasTheWidthOfAll(LogLevel level, string expected) =>
        Assert.Contains(expected, Write(LogFixture.Entry with { Level = level }), StringComparison.Ordinal);

    [Fact]
    public void Event_WithoutANumber_IsLeftOut() => Assert.Contains(
        "Fabrik.Server.Limits An", Write(LogFixture.Entry with { Event = default }), StringComparison.Ordinal);

    [Theory]
    [InlineData("a\n[fabrik] forged", @"a\n[fabrik] forged")]
    [InlineData("a\r\nb", @"a\r\nb")]
    [InlineData("a\tb", @"a\tb")]
    [InlineData("\u001b[2Jcleared", @"\u001b[2Jcleared")]
    [InlineData("nul\0 del\u007f nel\u0085", @"nul\u0000 del\u007f nel\u0085")]
    [InlineData("line\u2028paragraph\u2029", @"line\u2028paragraph\u2029")]
    [InlineData("turned \u202eround", @"turned \u202eround")]
    [InlineData("ü€😀 stay", "ü€😀 stay")]
    public void Message_WithControlCharacters_StaysOneLine(string message, string expected)
    {
        Assert.Equal($"{Head}{expected}\n", Write(LogFixture.Entry with { Message = message }));
        string line = Write(LogFixture.Entry with { Fields = [LogFixture.Field("RequestId", message)] });
        Assert.EndsWith($" request={expected}\n", line, StringComparison.Ordinal);
        line = Write(LogFixture.Entry with { Exception = new IOException(message) });
        Assert.EndsWith($" error=System.IO.IOException: {expected}\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Message_WithHalfACharacter_IsStillUtf8() => Assert.Equal(
        $"{Head}a\ufffdb\n", Write(LogFixture.Entry with { Message = "a\ud83db" }));

    [Fact]
    public void Secrets_WhereverTheyAre_AreStars()
    {
        string line = Write(LogFixture.Entry with
        {
            Message = "sent Bearer abc.def",
            Fields = [LogFixture.Field("RequestId", "token=abc")],
            Exception = new IOException("http://me:abc@host/ refused\nAuthorization: Bearer abc"),
        });
        Assert.Equal(
            $"{Head}sent Bearer *** request=token=*** error=System.IO.IOException: "
            + "http://***@host/ refused\\nAuthorization: Bearer ***\n",
            line);
    }

    private static string Write(LogEntry entry) => LogFixture.Write(new TextLogFormat(), entry);
}
