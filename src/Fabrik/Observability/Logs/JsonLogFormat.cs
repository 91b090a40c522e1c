using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fabrik.Observability.Logs;

/// <summary>
/// One JSON object a line: <c>timestamp</c>, <c>level</c>, <c>category</c>, <c>event_id</c>, <c>event</c>,
/// <c>message</c>, <c>request_id</c>, <c>trace_id</c>, <c>fields</c>, <c>error</c>; what is not there is left out.
/// </summary>
internal sealed class JsonLogFormat : ILogFormat
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(in LogEntry entry, IBufferWriter<byte> output)
    {
        using (Utf8JsonWriter json = new(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", entry.Time.UtcDateTime);
            json.WriteString("level", entry.LevelName);
            json.WriteString("category", entry.Category);
            if (entry.Event.Id != 0)
            {
                json.WriteNumber("event_id", entry.Event.Id);
            }

            if (entry.Event.Name is { Length: > 0 } name)
            {
                json.WriteString("event", name);
            }

            json.WriteString("message", SecretScrubber.Scrub(entry.Message));
            if (LogFields.RequestId(entry.Fields) is { } request)
            {
                json.WriteString("request_id", SecretScrubber.Scrub(request));
            }

            if (entry.TraceId is { } trace)
            {
                json.WriteString("trace_id", trace);
            }

            WriteFields(json, entry.Fields);
            if (entry.Exception is { } exception)
            {
                json.WriteString("error", SecretScrubber.Scrub(exception.ToString()));
            }

            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        // A name that a scope uses too is written once: the innermost value, which comes last.
        HashSet<string> written = new(StringComparer.Ordinal);
        for (int i = fields.Count - 1; i >= 0; i--)
        {
            (string name, object? value) = fields[i];
            if (LogFields.IsSpecial(name) || !written.Add(name))
            {
                continue;
            }

            if (written.Count == 1)
            {
                json.WriteStartObject("fields");
            }

            WriteField(json, name, value);
        }

        if (written.Count > 0)
        {
            json.WriteEndObject();
        }
    }

    private static void WriteField(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int or short or byte or long:
                json.WriteNumber(name, Convert.ToInt64(value));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, SecretScrubber.Scrub(LogFields.Text(value)));
                break;
        }
    }
}
