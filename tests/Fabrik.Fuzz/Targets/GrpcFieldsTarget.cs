using System.Text;
using Fabrik.Wire.Grpc;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// The fields of calls: metadata that was received can be sent back and is received the same, messages and time-outs
/// are read again as they were written.
/// </summary>
internal sealed class GrpcFieldsTarget : IFuzzTarget
{
    public string Name => "grpc-fields";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "x-trace-bin\njher831yy13JHy3hc,AAE=,"u8.ToArray(),
        "x-user\nsomebody"u8.ToArray(),
        "grpc-message\nno %E2%98%83 here: 100%"u8.ToArray(),
        "grpc-timeout\n99999999H"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        var (name, value) = text.Split('\n', 2) is [var first, var second] ? (first, second) : ("x-bin", text);
        var received = new Metadata();
        MetadataFields.Receive(received, name, value);
        CheckMetadata(received);
        CheckMessage(text);
        CheckMessage(StatusMessage.Decode(text));
        CheckTimeout(value);
    }

    private static void CheckMetadata(Metadata received)
    {
        foreach (var entry in received)
        {
            var again = new Metadata();
            var field = MetadataFields.Format(entry);
            MetadataFields.Receive(again, entry.Key, field);
            if (entry.ValueBytes.Length > 0 && !again.Single().ValueBytes.AsSpan().SequenceEqual(entry.ValueBytes))
            {
                throw new InvalidDataException($"'{entry}' is written as '{field}', which is read as '{again[0]}'");
            }
        }
    }

    private static void CheckMessage(string message)
    {
        var field = StatusMessage.Encode(message);
        if (field.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new InvalidDataException($"'{field}' is no value of a field");
        }

        // A lone surrogate has no bytes: it is replaced.
        var expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(message));
        if (StatusMessage.Decode(field) != expected)
        {
            throw new InvalidDataException($"'{message}' is written as '{field}', which is read otherwise");
        }
    }

    private static void CheckTimeout(string value)
    {
        if (GrpcTimeout.TryParse(value, out var timeout)
            && (!GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out var again) || again < timeout))
        {
            throw new InvalidDataException($"'{value}' is written as a shorter time");
        }
    }
}
