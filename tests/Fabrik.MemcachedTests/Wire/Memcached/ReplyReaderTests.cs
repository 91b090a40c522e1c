using System.Text;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Memcached;

public sealed class ReplyReaderTests
{
    private static readonly ReaderLimits Limits = new() { MaxValueLength = 1000, MaxReplyLineLength = 500 };

    public static TheoryData<Verb, string, string> Right => new()
    {
        { Verb.Get, "VALUE k 5 3\r\nabc\r\nEND\r\n", "Hit k flags 5 = abc; Miss end" },
        { Verb.Get, "END\r\n", "Miss end" },
        { Verb.Gets, "VALUE a 0 0 9\r\n\r\nVALUE b 1 2\r\n\r\n\r\nEND\r\n",
            "Hit a unique 9 = ; Hit b flags 1 = \r\n; Miss end" },
        { Verb.Get, "VALUE a 0 1\r\nx\r\nSERVER_ERROR out of memory\r\n", "Hit a = x; ServerError end" },
        { Verb.Get, "ERROR\r\n", "ClientError end" },
        { Verb.Get, "CLIENT_ERROR bad command line format\r\n", "ClientError end" },
        { Verb.Set, "STORED\r\n", "Done end" },
        { Verb.Set, "SERVER_ERROR object too large for cache\r\n", "ServerError end" },
        { Verb.Add, "NOT_STORED\r\n", "NotStored end" },
        { Verb.Cas, "EXISTS\r\n", "Exists end" },
        { Verb.Cas, "NOT_FOUND\r\n", "Miss end" },
        { Verb.Increment, "18446744073709551615\r\n", "Done number 18446744073709551615 end" },
        { Verb.Decrement, "9 \r\n", "Done number 9 end" },
        { Verb.Decrement, "NOT_FOUND\r\n", "Miss end" },
        { Verb.Delete, "DELETED\r\n", "Done end" },
        { Verb.Delete, "NOT_FOUND\r\n", "Miss end" },
        { Verb.Touch, "TOUCHED\r\n", "Done end" },
        { Verb.FlushAll, "OK\r\n", "Done end" },
        { Verb.Version, "VERSION 1.6.18\r\n", "Done end" },
        { Verb.Noop, "MN\r\n", "Done end" },
        { Verb.Stats, "STAT pid 1\r\nSTAT a b c\r\nEND\r\n", "Done pid; Done a; Done end" },
        { Verb.Stats, "RESET\r\n", "Done end" },
        { Verb.CacheDump, "key=a exp=-1\r\nEND\r\n", "Done; Done end" },
        { Verb.Config, "CONFIG cluster 0 3\r\n1\na\r\nEND\r\n", "Hit cluster = 1\na; Miss end" },
        { Verb.MetaGet, "HD\r\n", "Done end" },
        { Verb.MetaGet, "EN\r\n", "Miss end" },
        { Verb.MetaGet, "VA 3 s3 f7 t-1 c9 kkey Oabc W\r\nabc\r\n", "Hit key flags 7 unique 9 ttl -1 = abc end" },
        { Verb.MetaGet, "HD t60 f0\r\n", "Done ttl 60 end" },
        { Verb.MetaSet, "HD c9\r\n", "Done unique 9 end" },
        { Verb.MetaSet, "NS\r\n", "NotStored end" },
        { Verb.MetaSet, "EX O1\r\n", "Exists end" },
        { Verb.MetaDelete, "NF kabc b\r\n", "Miss abc end" },
        { Verb.MetaArithmetic, "VA 2 N0\r\n10\r\n", "Hit = 10 end" },
        { Verb.MetaDebug, "ME k exp=-1 la=0 cas=1 fetch=no cls=1 size=60\r\n", "Done end" },
        { Verb.MetaDebug, "EN\r\n", "Miss end" },
    };

    public static TheoryData<Verb, string> Broken => new()
    {
        { Verb.Get, "STORED\r\n" },
        { Verb.Get, "END\n" },
        { Verb.Get, "\r\n" },
        { Verb.Get, "VALUE\r\n" },
        { Verb.Get, "VALUE k\r\n" },
        { Verb.Get, "VALUE k 0\r\n" },
        { Verb.Get, "VALUE k x 1\r\n" },
        { Verb.Get, "VALUE k 0 -1\r\n" },
        { Verb.Get, "VALUE k 0 1 x\r\n" },
        { Verb.Get, "VALUE k 0 1 1 1\r\n" },
        { Verb.Get, "VALUE k 0 1\r\nabc" },
        { Verb.Get, "VALUE k 0 1001\r\n" },
        { Verb.Set, "END\r\n" },
        { Verb.Increment, "x\r\n" },
        { Verb.Increment, "18446744073709551616\r\n" },
        { Verb.Delete, "STORED\r\n" },
        { Verb.MetaGet, "VA\r\n" },
        { Verb.MetaGet, "VA x\r\n" },
        { Verb.MetaGet, "VA 1\r\nabc" },
        { Verb.MetaGet, "VA 1 tx\r\n" },
        { Verb.MetaGet, "XX\r\n" },
        { Verb.MetaGet, "HDX\r\n" },
        { Verb.Noop, "EN\r\n" },
        { Verb.Quit, "OK\r\n" },
        { Verb.Version, "VERSION" + new string('x', 600) },
    };

    public static TheoryData<Verb, Packet, string> Packets => new()
    {
        { Verb.Get, new(0x00, "00000005", "", "616263", 9) { Status = 0 }, "Hit flags 5 unique 9 = abc end" },
        { Verb.Gets, new(0x0c, "00000005", "k", "61", 9) { Status = 0 }, "Hit k flags 5 unique 9 = a end" },
        { Verb.Get, new(0x0c, "", "k") { Status = BinaryStatus.KeyNotFound }, "Miss k =  end" },
        { Verb.Set, new(0x01, "", "", "", 9) { Status = 0 }, "Done unique 9 =  end" },
        { Verb.Cas, new(0x01, "", "") { Status = BinaryStatus.KeyExists }, "Exists =  end" },
        { Verb.Add, new(0x02, "", "") { Status = BinaryStatus.KeyExists }, "NotStored =  end" },
        { Verb.Append, new(0x0e, "", "") { Status = BinaryStatus.NotStored }, "NotStored =  end" },
        { Verb.Increment, new(0x05, "", "", "000000000000000a") { Status = 0 },
            "Done number 10 = \0\0\0\0\0\0\0\n end" },
        { Verb.Increment, new(0x05, "", "", "61") { Status = BinaryStatus.NotNumeric }, "ClientError = a end" },
        { Verb.Set, new(0x01, "", "", "61") { Status = BinaryStatus.OutOfMemory }, "ServerError = a end" },
        { Verb.Stats, new(0x10, "", "pid", "31") { Status = 0 }, "Done pid = 1" },
        { Verb.Stats, new(0x10, "", "") { Status = 0 }, "Done =  end" },
        { Verb.SaslAuth, new(0x21, "", "", "61") { Status = BinaryStatus.AuthenticationError },
            "ClientError = a end" },
        { Verb.Touch, new(0x1c, "00000000", "") { Status = 0 }, "Done =  end" },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public void TryRead_AnswerCutAnywhere_IsRead(Verb verb, string received, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(received);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal((cut, expected), (cut, Read(bytes, verb, MemcachedProtocol.Text, cut)));
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void TryRead_NoAnswerToTheVerb_Fails(Verb verb, string received)
    {
        var bytes = Encoding.Latin1.GetBytes(received);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal("broken", Read(bytes, verb, MemcachedProtocol.Text, cut));
        }
    }

    [Theory]
    [MemberData(nameof(Packets))]
    public void TryRead_PacketCutAnywhere_IsRead(Verb verb, Packet packet, string expected)
    {
        var bytes = packet.ToBytes();
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal((cut, expected), (cut, Read(bytes, verb, MemcachedProtocol.Binary, cut)));
        }
    }

    [Fact]
    public void TryRead_PacketOfAnotherOpcode_Fails()
    {
        var bytes = new Packet(0x04, "", "") { Status = 0 }.ToBytes();
        Assert.Equal("broken", Read(bytes, Verb.Get, MemcachedProtocol.Binary, 0));
        bytes[0] = BinaryHeader.Request;
        Assert.Equal("broken", Read(bytes, Verb.Delete, MemcachedProtocol.Binary, 0));
    }

    [Theory]
    [InlineData(250, "Hit")]
    [InlineData(251, "broken")]
    [InlineData(65535, "broken")]
    public void TryRead_PacketWithALongKey_FailsWhereNoKeyIsSoLong(int length, string expected)
    {
        var key = new string('k', length);
        var bytes = new Packet(0x00, "00000000", key, "61") { Status = BinaryStatus.Success }.ToBytes();

        var read = Read(bytes, Verb.Get, MemcachedProtocol.Binary, 0);

        Assert.Equal(expected, read.Split(' ')[0]);
    }

    [Fact]
    public void TryRead_HeadOfALargeValue_TellsKeyAndLengths()
    {
        var status = ReplyReader.TryRead(
            "VALUE key 5 900\r\nabc"u8, Verb.Get, MemcachedProtocol.Text, Limits, out var reply);
        Assert.Equal(ReadStatus.NeedMore, status);
        Assert.Equal(
            (6, 3, 17, 900, 919),
            (reply.KeyOffset, reply.KeyLength, reply.ValueOffset, reply.ValueLength, reply.Length));
    }

    internal static string Read(byte[] bytes, Verb verb, MemcachedProtocol protocol, int cut)
    {
        var told = new List<string>();
        int at = 0;
        foreach (int received in (int[])[cut, bytes.Length])
        {
            while (at < received)
            {
                var piece = bytes.AsSpan(at, received - at);
                var status = ReplyReader.TryRead(piece, verb, protocol, Limits, out var reply);
                if (status == ReadStatus.NeedMore)
                {
                    Assert.True(reply.Length == 0 || reply.Length > piece.Length);
                    break;
                }

                if (status == ReadStatus.Fault)
                {
                    return "broken";
                }

                told.Add(Tell(piece, in reply));
                at += reply.Length;
            }
        }

        return at == bytes.Length ? string.Join("; ", told) : $"{bytes.Length - at} left";
    }

    private static string Tell(ReadOnlySpan<byte> piece, in ServerReply reply)
    {
        var text = new StringBuilder(reply.Kind.ToString());
        text.Append(reply.KeyLength > 0 ? " " + Text(piece.Slice(reply.KeyOffset, reply.KeyLength)) : null);
        text.Append(reply.ClientFlags > 0 ? $" flags {reply.ClientFlags}" : null);
        text.Append(reply.HasUnique ? $" unique {reply.Unique}" : null);
        text.Append(reply.HasRemainingTtl ? $" ttl {reply.RemainingTtl}" : null);
        text.Append(reply.Number > 0 ? $" number {reply.Number}" : null);
        text.Append(reply.ValueLength >= 0 ? " = " + Text(piece.Slice(reply.ValueOffset, reply.ValueLength)) : null);
        return text.Append(reply.IsEnd ? " end" : null).ToString();
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
