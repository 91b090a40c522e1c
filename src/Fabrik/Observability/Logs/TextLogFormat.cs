using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fabrik.Observability.Logs;

/// <summary>
/// Lines for people: <c>[fabrik] 2026-01-31T12:00:00.000Z warn  Fabrik.Server.Limits[12] message request=0HN…</c>. A
/// control character in a message is escaped: no client can forge a line.
/// </summary>
internal sealed class TextLogFormat : ILogFormat
{
    public void Write(in LogEntry entry, IBufferWriter<byte> output)
    {
        StringBuilder line = new(256);
        line.Append("[fabrik] ")
            .Append(entry.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture))
            .Append(' ')
            .Append(entry.LevelName.PadRight(5))
            .Append(' ')
            .Append(entry.Category);
        if (entry.Event.Id != 0)
        {
            line.Append(CultureInfo.InvariantCulture, $"[{entry.Event.Id}]");
        }

        line.Append(' ');
        AppendEscaped(line, entry.Message);
        if (LogFields.RequestId(entry.Fields) is { } request)
        {
            line.Append(" request=");
            AppendEscaped(line, request);
        }

        if (entry.TraceId is { } trace)
        {
            line.Append(" trace=").Append(trace);
        }

        if (entry.Exception is { } exception)
        {
            line.Append(" error=");
            AppendEscaped(line, exception.ToString());
        }

        Encoding.UTF8.GetBytes(SecretScrubber.Scrub(line.ToString()), output);
        output.Write("\n"u8);
    }

    // Besides control characters: what ends a line for some viewers, and what turns the direction of text around.
    private static bool IsControl(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format;

    private static void AppendEscaped(StringBuilder line, string text)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '\n' => line.Append(@"\n"),
                '\r' => line.Append(@"\r"),
                '\t' => line.Append(@"\t"),
                _ when IsControl(c) => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => line.Append(c),
            };
        }
    }
}
