using System.Buffers;
using System.Text.Json;
using Fabrik.Server.Adapters.Turborepo;

namespace Fabrik.Fuzz.Targets;

/// <summary>Turborepo's list of hashes: what is read can be written, and is then read the same.</summary>
internal sealed class TurborepoQueryTarget : IFuzzTarget
{
    public string Name => "turborepo-query";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "{\"hashes\":[\"c9eacbdc16bd5726\",\"5bd57029f8d0e4fe\"]}"u8.ToArray(),
        "{\"x\":{\"y\":[1,null,true]},\"hashes\":[\"\\u00e9\\ud83d\\ude00\"]}"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        if (TurborepoQuery.ReadHashes(input) is not { } hashes)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("hashes"u8);
            foreach (var hash in hashes)
            {
                json.WriteStringValue(hash);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (TurborepoQuery.ReadHashes(buffer.WrittenSpan) is not { } again || !again.SetEquals(hashes))
        {
            throw new InvalidDataException($"{hashes.Count} hashes are not read again as they were");
        }
    }
}
