using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fabrik.Settings.Reference;

/// <summary>How the JSON that people read is written: indented, one line feed at the end.</summary>
internal static class ReferenceJson
{
    /// <summary>Nothing here ends in HTML, so that quotes and signs stay readable.</summary>
    public static JsonWriterOptions Options { get; } = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text(ArrayBufferWriter<byte> buffer) => Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
}
