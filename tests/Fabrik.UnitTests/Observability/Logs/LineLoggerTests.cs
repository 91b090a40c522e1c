using System.Text;
using System.Text.Json;
using Fabrik.Observability.Logs;
using Fabrik.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.UnitTests.Observability.Logs;

public sealed class LineLoggerTests
{
    [Fact]
    public async Task Message_WithValuesAndScopes_HasAllOfThemAsFields()
    {
        JsonElement[] lines = await LogAsync(LogLevel.Information, loggers =>
        {
            ILogger logger = loggers.CreateLogger("Fabrik.Test");
            KeyValuePair<string, object?>[] scope =
                [LogFixture.Field("RequestId", "0HN:1"), LogFixture.Field("Tool", "outer")];
            using (logger.BeginScope(scope))
            using (logger.BeginScope("a scope that is only text"))
            {
                logger.LogWarning(new EventId(7, "Stored"), "Stored {Size} bytes of {Tool}", 5, "nx");
            }

            logger.LogInformation("Without");
        });
        Assert.Equal("2030-01-02T03:04:05Z", lines[0].GetProperty("timestamp").GetString());
        Assert.Equal("Stored 5 bytes of nx", lines[0].GetProperty("message").GetString());
        Assert.Equal("0HN:1", lines[0].GetProperty("request_id").GetString());
        Assert.Equal(5, lines[0].GetProperty("fields").GetProperty("Size").GetInt32());
        Assert.Equal("nx", lines[0].GetProperty("fields").GetProperty("Tool").GetString());
        Assert.Equal(7, lines[0].GetProperty("event_id").GetInt32());
        Assert.Equal("Stored", lines[0].GetProperty("event").GetString());
        Assert.False(lines[1].TryGetProperty("request_id", out _));
        Assert.False(lines[1].TryGetProperty("fields", out _));
    }

    [Fact]
    public async Task Level_ThatIsSwitched_HoldsForTheNextMessage()
    {
        LogLevelSwitch level = new(LogLevel.Warning);
        JsonElement[] lines = await LogAsync(level, loggers =>
        {
            ILogger logger = loggers.CreateLogger("Fabrik.Test");
            logger.LogInformation("no");
            level.Level = LogLevel.Debug;
            logger.LogDebug("yes");
            level.Level = LogLevel.None;
            logger.LogCritical("no");
        });
        Assert.Equal("yes", Assert.Single(lines).GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(LogLevel.Information, "Microsoft.AspNetCore.Routing", LogLevel.Information, false)]
    [InlineData(LogLevel.Information, "Microsoft.AspNetCore.Routing", LogLevel.Warning, true)]
    [InlineData(LogLevel.Debug, "Microsoft.AspNetCore.Routing", LogLevel.Information, true)]
    [InlineData(LogLevel.Error, "Microsoft.AspNetCore.Routing", LogLevel.Warning, false)]
    [InlineData(LogLevel.Trace, "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Critical, false)]
    [InlineData(LogLevel.Information, "Fabrik.Server", LogLevel.Information, true)]
    [InlineData(LogLevel.Information, "Fabrik.Server", LogLevel.Debug, false)]
    [InlineData(LogLevel.Trace, "Fabrik.Server", LogLevel.None, false)]
    public async Task IsEnabled_OfALevel_FollowsSwitchAndCategory(
        LogLevel set, string category, LogLevel level, bool expected) =>
        await LogAsync(set, loggers => Assert.Equal(expected, loggers.CreateLogger(category).IsEnabled(level)));

    private static Task<JsonElement[]> LogAsync(LogLevel level, Action<ILoggerFactory> log) =>
        LogAsync(new LogLevelSwitch(level), log);

    private static async Task<JsonElement[]> LogAsync(LogLevelSwitch level, Action<ILoggerFactory> log)
    {
        using MemoryStream output = new();
        await using (LogQueue queue = new(output))
        {
            using LineLoggerProvider provider = new(new LogOptions
            {
                Level = level,
                Format = new JsonLogFormat(),
                Queue = queue,
                Time = new TestClock(),
            });
            using ILoggerFactory loggers = LoggerFactory.Create(
                logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(provider));
            log(loggers);
        }

        return
        [
            .. Encoding.UTF8.GetString(output.ToArray())
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement),
        ];
    }
}
