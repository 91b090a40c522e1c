using System.Text;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Memcached;

/// <summary>Reads a stream of commands that arrives in pieces, and tells what was read of it, one line each.</summary>
internal static class CommandStream
{
    public static ReaderLimits Small { get; } =
        new() { MaxValueLength = 100, MaxLineLength = 400, MaxRetrievalLineLength = 3000 };

    public static List<string> Read(byte[] input, MemcachedProtocol protocol, IEnumerable<int> cuts)
    {
        var told = new List<string>();
        long at = 0;
        int expected = 0;
        foreach (int received in cuts.Append(input.Length))
        {
            while (at < received)
            {
                var piece = input.AsSpan((int)at, received - (int)at);
                var status = CommandReader.TryRead(piece, protocol, Small, out var command, out var fault);
                if (status == ReadStatus.NeedMore)
                {
                    Assert.True(command.Length == 0 || command.Length > piece.Length, "all of it is there");
                    expected = command.Length;
                    break;
                }

                Assert.True(expected == 0 || status == ReadStatus.Fault || expected == command.Length);
                expected = 0;
                told.Add(status == ReadStatus.Read ? Tell(piece, in command) : Tell(in fault));
                if (status == ReadStatus.Fault && fault.Closes)
                {
                    return told;
                }

                at += status == ReadStatus.Read ? command.Length : fault.Skip;
                Assert.True(status == ReadStatus.Fault ? fault.Skip > 0 : command.Length <= piece.Length);
            }
        }

        if (at != input.Length)
        {
            told.Add($"{at - input.Length} left");
        }

        return told;
    }

    public static string Tell(ReadOnlySpan<byte> message, in Command command)
    {
        var text = new StringBuilder(command.Verb.ToString());
        if (command.KeyCount > 1)
        {
            var keys = new KeyEnumerator(message, in command);
            while (keys.MoveNext())
            {
                text.Append(' ').Append(Text(message.Slice(keys.Offset, keys.Length)));
            }
        }
        else if (command.KeyLength > 0)
        {
            text.Append(' ').Append(Text(message.Slice(command.KeyOffset, command.KeyLength)));
        }

        Add(text, "flags", command.ClientFlags);
        Add(text, "expiry", command.Expiry);
        Add(text, "unique", command.Unique);
        Add(text, "delta", command.Delta);
        Add(text, "initial", command.Initial);
        Add(text, "opaque", command.Opaque);
        text.Append(command.HasEncodedKey ? " base64" : null);
        text.Append(command.IsQuiet ? " quiet" : null);
        var flags = new MetaFlags(message, in command);
        while (flags.MoveNext())
        {
            text.Append(" -").Append((char)flags.Flag).Append(Text(flags.Value));
        }

        if (command.ValueLength >= 0)
        {
            text.Append(" = ").Append(Text(message.Slice(command.HeadLength, command.ValueLength)));
        }

        return text.ToString();
    }

    private static string Tell(in CommandFault fault)
    {
        var reply = new byte[fault.ReplyLength];
        Assert.Equal(reply.Length, fault.WriteReply(reply));
        string skip = fault.Closes ? "close" : $"skip {fault.Skip}";
        return $"{fault.Kind}: {Text(reply).TrimEnd()} ({skip})";
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static void Add(StringBuilder text, string name, IFormattable value)
    {
        if (!value.Equals(Convert.ChangeType(0, value.GetType(), null)))
        {
            text.Append(' ').Append(name).Append(' ').Append(value);
        }
    }
}
