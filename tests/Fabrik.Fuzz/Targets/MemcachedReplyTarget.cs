using Fabrik.Wire.Memcached;

namespace Fabrik.Fuzz.Targets;

/// <summary>An answer of a memcached server, to each verb: whatever is read lies within the input.</summary>
internal sealed class MemcachedReplyTarget : IFuzzTarget
{
    private static readonly ReaderLimits Limits = new() { MaxValueLength = 100 };

    public string Name => "memcached-reply";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "VALUE k 5 3 9\r\nabc\r\nEND\r\n"u8.ToArray(),
        "VA 3 s3 f7 t-1 c9 kkey Oabc W\r\nabc\r\n"u8.ToArray(),
        "SERVER_ERROR out of memory\r\n"u8.ToArray(),
        "STAT pid 1\r\nEND\r\n"u8.ToArray(),
        "CONFIG cluster 0 3\r\nabc\r\nEND\r\n"u8.ToArray(),
        "18446744073709551615\r\n"u8.ToArray(),
        [0x81, 0x0c, 0, 1, 4, 0, 0, 0, 0, 0, 0, 6, .. new byte[12], .. new byte[4], (byte)'k', (byte)'v'],
        [0x81, 0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, .. new byte[12], .. new byte[8]],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        foreach (var verb in Enum.GetValues<Verb>())
        {
            Check(input, verb, MemcachedProtocol.Text);
            Check(input, verb, MemcachedProtocol.Binary);
        }
    }

    private static void Check(ReadOnlySpan<byte> input, Verb verb, MemcachedProtocol protocol)
    {
        var status = ReplyReader.TryRead(input, verb, protocol, Limits, out var reply);
        bool isRight = status switch
        {
            ReadStatus.NeedMore => reply.Length == 0 || reply.Length > input.Length,
            ReadStatus.Read => reply.Kind != ReplyKind.Failed
                && reply.Length > 0
                && reply.Length <= input.Length
                && reply.HeadLength <= reply.Length
                && reply.KeyOffset + reply.KeyLength <= reply.HeadLength
                && (reply.ValueLength < 0 || reply.ValueOffset + reply.ValueLength <= reply.Length),
            _ => true,
        };
        if (!isRight)
        {
            throw new InvalidDataException($"{verb}: {status}, {reply.Kind}, {reply.Length} bytes");
        }

        if (status == ReadStatus.Read)
        {
            var flags = new MetaFlags(input, in reply);
            while (flags.MoveNext())
            {
                _ = flags.Value.Length;
            }
        }
    }
}
