using System.Buffers;
using System.Text;
using Fabrik.Observability.Logs;
using Microsoft.Extensions.Logging;

namespace Fabrik.UnitTests.Observability.Logs;

/// <summary>Entries, and what formats make of them.</summary>
internal static class LogFixture
{
    public static LogEntry Entry { get; } = new()
    {
        Time = new DateTimeOffset(2030, 1, 2, 4, 4, 5, 67, TimeSpan.FromHours(1)),
        Level = LogLevel.Warning,
        Category = "Fabrik.Server.Limits",
        Event = new EventId(12, "TooLarge"),
        Message = "An artifact is too large",
        Fields = [],
    };

    public static string Write(ILogFormat format, LogEntry entry)
    {
        ArrayBufferWriter<byte> output = new();
        format.Write(entry, output);
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output.WrittenSpan);
    }

    public static KeyValuePair<string, object?> Field(string name, object? value) => new(name, value);
}
