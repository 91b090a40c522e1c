using System.Text.Json;
using Fabrik.Observability.Logs;
using Xunit;

namespace Fabrik.UnitTests.Observability.Logs;

public sealed class JsonLogFormatTests
{
    [Fact]
    public void Write_OfAnEntry_IsThisLine() => Assert.Equal(
        """{"timestamp":"2030-01-02T03:04:05.067Z","level":"warn","category":"Fabrik.Server.Limits","event_id":12,"""
        + "\"event\":\"TooLarge\",\"message\":\"An artifact is too large\"}\n",
        Write(LogFixture.Entry));

    [Fact]
    public void Write_OfAnEntryWithEverything_HasThisInIt()
    {
        JsonElement json = Parse(LogFixture.Entry with
        {
            Event = default,
            Fields =
            [
                LogFixture.Field("Tool", "outer"), LogFixture.Field("RequestId", "0HN:1"),
                LogFixture.Field("Size", 5L), LogFixture.Field("Ratio", 0.5), LogFixture.Field("Big", double.NaN),
                LogFixture.Field("Hit", true), LogFixture.Field("None", null),
                LogFixture.Field("At", new Uri("http://host/")), LogFixture.Field("Tool", "inner"),
                LogFixture.Field("{OriginalFormat}", "{Size}"),
            ],
            Exception = new IOException("broken"),
        });
        Assert.Equal("0HN:1", json.GetProperty("request_id").GetString());
        Assert.Equal("System.IO.IOException: broken", json.GetProperty("error").GetString());
        Assert.False(json.TryGetProperty("event", out _));
        Assert.False(json.TryGetProperty("event_id", out _));
        using JsonDocument fields = JsonDocument.Parse(
            """{"Tool":"inner","At":"http://host/","None":null,"Hit":true,"Big":"NaN","Ratio":0.5,"Size":5}""");
        Assert.True(
            JsonElement.DeepEquals(fields.RootElement, json.GetProperty("fields")),
            json.GetProperty("fields").GetRawText());
    }

    [Theory]
    [InlineData("a\n{\"level\":\"fatal\"}")]
    [InlineData("\",\"level\":\"fatal")]
    [InlineData("\0\u001b\u0085\u2028\\")]
    public void Message_WithControlCharacters_StaysOneLine(string message)
    {
        string line = Write(LogFixture.Entry with
        {
            Message = message,
            Fields = [LogFixture.Field(message, message), LogFixture.Field("RequestId", message)],
        });
        Assert.Equal(line.Length - 1, line.AsSpan().IndexOfAnyInRange('\0', '\u001f'));
        using JsonDocument json = JsonDocument.Parse(line);
        Assert.Equal(message, json.RootElement.GetProperty("message").GetString());
        Assert.Equal(message, json.RootElement.GetProperty("request_id").GetString());
        Assert.Equal(message, json.RootElement.GetProperty("fields").GetProperty(message).GetString());
        Assert.Equal("warn", json.RootElement.GetProperty("level").GetString());
    }

    [Fact]
    public void Text_WithHalfACharacter_IsStillJson()
    {
        JsonElement json = Parse(LogFixture.Entry with
        {
            Message = "a\ud83d",
            Fields = [LogFixture.Field("b\ud83d", "c\ud83d"), LogFixture.Field("RequestId", "\udc00d")],
        });
        Assert.Equal("a\ufffd", json.GetProperty("message").GetString());
        Assert.Equal("\ufffdd", json.GetProperty("request_id").GetString());
        Assert.Equal("c\ufffd", json.GetProperty("fields").GetProperty("b\ufffd").GetString());
    }

    [Fact]
    public void Secrets_WhereverTheyAre_AreStars()
    {
        string line = Write(LogFixture.Entry with
        {
            Message = "sent Bearer hunter2",
            Fields =
            [
                LogFixture.Field("Url", new Uri("http://me:hunter2@host/?token=hunter2")),
                LogFixture.Field("RequestId", "token=hunter2"),
            ],
            Exception = new IOException("http://me:hunter2@host/ refused"),
        });
        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
        JsonDocument.Parse(line).Dispose();
    }

    private static string Write(LogEntry entry) => LogFixture.Write(new JsonLogFormat(), entry);

    private static JsonElement Parse(LogEntry entry) => JsonDocument.Parse(Write(entry)).RootElement;
}
