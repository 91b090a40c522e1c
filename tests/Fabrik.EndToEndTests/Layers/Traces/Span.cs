namespace Fabrik.EndToEndTests.Layers.Traces;

/// <summary>What a collector is told of one span. Ids are hex; a span without a parent has an empty one.</summary>
internal sealed record Span(string Trace, string Id, string Parent, string Name, string Process)
{
    private const string InstanceAttribute = "service.instance.id";

    /// <summary>
    /// Reads an <c>ExportTraceServiceRequest</c> of OTLP 1.x, as far as it is looked at here: resource spans (1) with a
    /// resource (1) and scopes (2) of spans (2).
    /// </summary>
    public static IEnumerable<Span> ReadRequest(ReadOnlyMemory<byte> request) =>
        from resourceSpans in Fields(request, 1)
        let process = ProcessOf(Fields(resourceSpans, 1).Single())
        from scope in Fields(resourceSpans, 2)
        from span in Fields(scope, 2)
        select new Span(Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5), process);

    private static string ProcessOf(ReadOnlyMemory<byte> resource) =>
        (from attribute in Fields(resource, 1)
         where Text(attribute, 1) == InstanceAttribute
         select Text(Fields(attribute, 2).Single(), 1)).Single();

    private static string Hex(ReadOnlyMemory<byte> message, int number) =>
        Convert.ToHexStringLower(Fields(message, number).FirstOrDefault().Span);

    private static string Text(ReadOnlyMemory<byte> message, int number) =>
        System.Text.Encoding.UTF8.GetString(Fields(message, number).FirstOrDefault().Span);

    /// <summary>The values of a field of a message in protobuf that have a length.</summary>
    private static List<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> message, int number)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        while (message.Length > 0)
        {
            var tag = Varint(ref message);
            var length = (tag & 7) switch
            {
                0 => 0,
                1 => sizeof(ulong),
                2 => (int)Varint(ref message),
                5 => sizeof(uint),
                _ => throw new InvalidDataException($"wire type {tag & 7}"),
            };
            if ((tag & 7) == 0)
            {
                _ = Varint(ref message);
            }
            else if ((tag & 7) == 2 && tag >> 3 == (ulong)number)
            {
                values.Add(message[..length]);
            }

            message = message[length..];
        }

        return values;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message.Span[0];
            message = message[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
