using System.Buffers;
using System.Text;
using System.Text.Json;
using Fabrik.Activation;

namespace Fabrik.Cli;

/// <summary>Daemons in words and as JSON.</summary>
internal static class DaemonText
{
    /// <summary>The address that build tools use.</summary>
    public static string Url(DaemonState state) => state.HttpUrl.ToString().TrimEnd('/');

    /// <summary>An array with one object for each daemon.</summary>
    public static string Json(IEnumerable<DaemonState> states)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (DaemonState state in states)
            {
                json.WriteStartObject();
                json.WriteString("id", state.Id);
                json.WriteNumber("pid", state.ProcessId);
                json.WriteString("url", Url(state));
                json.WriteString("config_path", state.ConfigPath);
                json.WriteStartObject("ports");
                foreach ((string purpose, int port) in state.Ports)
                {
                    json.WriteNumber(purpose, port);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
