using Fabrik.Wire.Memcached;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// A memcached command: whatever is read lies within the input, and is read the same of a part as of the whole.
/// </summary>
internal sealed class MemcachedCommandTarget(string name, MemcachedProtocol protocol, IReadOnlyList<byte[]> seeds)
    : IFuzzTarget
{
    private static readonly ReaderLimits Limits = new() { MaxValueLength = 100, MaxLineLength = 300 };

    public static IReadOnlyList<byte[]> Lines { get; } =
    [
        "get a bb ccc\r\n"u8.ToArray(),
        "set key 1 2 3\r\nabc\r\n"u8.ToArray(),
        "cas key 1 2 3 4 noreply\r\nabc\r\n"u8.ToArray(),
        "mg Zm9v b s v f t c k q Oabc\r\n"u8.ToArray(),
        "ms key 3 T60 F7 C9 ME q\r\nabc\r\n"u8.ToArray(),
        "delete key 0 noreply\r\n"u8.ToArray(),
        "gat 10 a b\n"u8.ToArray(),
        "flush_all 10 noreply\r\n"u8.ToArray(),
    ];

    public static IReadOnlyList<byte[]> Packets { get; } =
    [
        [0x80, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, .. new byte[12], (byte)'k'],
        [0x80, 0x11, 0, 1, 8, 0, 0, 0, 0, 0, 0, 10, .. new byte[12], .. new byte[8], (byte)'k', (byte)'v'],
        [0x80, 0x05, 0, 1, 20, 0, 0, 0, 0, 0, 0, 21, .. new byte[12], .. new byte[20], (byte)'k'],
        [0x80, 0x1e, 0, 1, 4, 0, 0, 0, 0, 0, 0, 5, .. new byte[12], .. new byte[4], (byte)'k'],
    ];

    public string Name => name;

    public IReadOnlyList<byte[]> Seeds => seeds;

    public void Run(ReadOnlySpan<byte> input)
    {
        var status = CommandReader.TryRead(input, protocol, Limits, out var command, out var fault);
        switch (status)
        {
            case ReadStatus.Fault:
                Require(fault.Kind != FaultKind.None && fault.Skip > 0, "a fault without kind or length");
                Require(fault.WriteReply(new byte[fault.ReplyLength]) == fault.ReplyLength, "another length");
                break;
            case ReadStatus.NeedMore:
                Require(command.Length == 0 || command.Length > input.Length, "all of it was there");
                break;
            default:
                CheckCommand(input, in command);
                CheckPart(input, in command);
                break;
        }
    }

    private static void CheckCommand(ReadOnlySpan<byte> input, in Command command)
    {
        Require(command.Length > 0 && command.Length <= input.Length, "length");
        Require(command.HeadLength > 0 && command.HeadLength <= command.Length, "length of the head");
        Require(command.KeyOffset + command.KeyLength <= command.HeadLength, "the key is not in the head");
        Require(command.QuietOffset + command.QuietLength <= command.HeadLength, "what is quiet is not in the head");
        Require(command.ValueLength < 0 || command.HeadLength + command.ValueLength <= command.Length, "value");
        Require(command.KeyLength <= 250 || command.KeyCount == 0, "key length");
        var flags = new MetaFlags(input, in command);
        while (flags.MoveNext())
        {
            Require(char.IsAsciiLetter((char)flags.Flag) || command.Verb == Verb.MetaDebug, "flag");
        }

        int count = 0;
        var keys = new KeyEnumerator(input, in command);
        while (keys.MoveNext())
        {
            Require(keys.Offset + keys.Length <= command.HeadLength, "a key is not in the head");
            count++;
        }

        Require(count == command.KeyCount, "another number of keys");
    }

    private void CheckPart(ReadOnlySpan<byte> input, in Command command)
    {
        Require(
            CommandReader.TryRead(input[..command.Length], protocol, Limits, out var same, out _) == ReadStatus.Read
                && Places(in same) == Places(in command),
            "read otherwise without what follows");
        Require(
            CommandReader.TryRead(input[..(command.Length - 1)], protocol, Limits, out _, out _)
                == ReadStatus.NeedMore,
            "read before it was whole");
    }

    private static (int, int, int, int, int, int) Places(in Command command) => (
        command.Length,
        command.HeadLength,
        command.KeyOffset,
        command.KeyLength,
        command.QuietOffset,
        (int)command.Verb);

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException(what);
        }
    }
}
