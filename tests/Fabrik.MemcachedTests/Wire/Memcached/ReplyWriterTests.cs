using System.Text;
using Fabrik.Wire.Memcached;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Memcached;

public sealed class ReplyWriterTests
{
    private static readonly HitHead Full = new()
    {
        ValueLength = 3,
        ClientFlags = uint.MaxValue,
        Unique = ulong.MaxValue,
        RemainingTtl = 60,
        IdleSeconds = 5,
        WasFetched = true,
    };

    [Theory]
    [InlineData("get k\r\n", "VALUE k 4294967295 3\r\nabc\r\n")]
    [InlineData("gets k\r\n", "VALUE k 4294967295 3 18446744073709551615\r\nabc\r\n")]
    [InlineData("mg k\r\n", "HD\r\n")]
    [InlineData("mg k t h l v\r\n", "VA 3 t60 h1 l5\r\nabc\r\n")]
    [InlineData("mg Zm9v b k c\r\n", "HD kZm9v b c18446744073709551615\r\n")]
    public void Hit_Command_HasWhatWasAskedFor(string sent, string expected) =>
        Assert.Equal(expected, Hit(sent, in Full, "abc"));

    [Theory]
    [InlineData("ma k v\r\n", "VA 2\r\n42\r\n")]
    [InlineData("ma k k O1\r\n", "HD kk O1\r\n")]
    [InlineData("incr k 1\r\n", "42\r\n")]
    public void Number_Command_IsWritten(string sent, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(sent);
        var command = Parse(bytes, MemcachedProtocol.Text);
        var reply = new byte[ReplyWriter.MaxHead];
        int length = ReplyWriter.Number(reply, bytes, in command, 42);
        Assert.Equal(expected, Encoding.ASCII.GetString(reply, 0, length));
    }

    [Theory]
    [InlineData(0x00, "Hit flags 4294967295 unique 18446744073709551615 = abc end")]
    [InlineData(0x0c, "Hit k flags 4294967295 unique 18446744073709551615 = abc end")]
    public void Hit_Packet_ReadsBack(byte opcode, string expected)
    {
        var bytes = new Packet(opcode, "", "k").ToBytes();
        var command = Parse(bytes, MemcachedProtocol.Binary);
        var reply = new byte[ReplyWriter.MaxHead];
        int length = ReplyWriter.Hit(reply, bytes, in command, in Full);
        "abc"u8.CopyTo(reply.AsSpan(length));
        length += 3 + ReplyWriter.HitEnd(reply.AsSpan(length + 3), in command);
        Assert.Equal(expected, ReplyReaderTests.Read(reply[..length], Verb.Get, MemcachedProtocol.Binary, 0));
    }

    [Theory]
    [InlineData(0x0c, ReplyKind.Miss, Verb.Get, "Miss k =  end")]
    [InlineData(0x00, ReplyKind.Miss, Verb.Get, "Miss = Not found end")]
    [InlineData(0x02, ReplyKind.NotStored, Verb.Add, "NotStored = Data exists for key. end")]
    [InlineData(0x03, ReplyKind.NotStored, Verb.Replace, "Miss = Not found end")]
    [InlineData(0x0e, ReplyKind.NotStored, Verb.Append, "NotStored = Not stored. end")]
    [InlineData(0x01, ReplyKind.Exists, Verb.Set, "Exists = Data exists for key. end")]
    [InlineData(0x01, ReplyKind.Done, Verb.Set, "Done unique 9 =  end")]
    public void Outcome_Packet_ReadsBack(byte opcode, ReplyKind kind, Verb verb, string expected)
    {
        var bytes = new Packet(opcode, verb is Verb.Get or Verb.Append ? "" : "0000000000000000", "k").ToBytes();
        var command = Parse(bytes, MemcachedProtocol.Binary);
        var reply = new byte[ReplyWriter.MaxHead];
        int length = ReplyWriter.Outcome(reply, bytes, in command, kind, 9);
        Assert.Equal(expected, ReplyReaderTests.Read(reply[..length], verb, MemcachedProtocol.Binary, 0));
    }

    [Fact]
    public void ServerError_TextOfSeveralLines_IsOneLine()
    {
        var bytes = "get k\r\n"u8.ToArray();
        var command = Parse(bytes, MemcachedProtocol.Text);
        var reply = new byte[100];
        int length = ReplyWriter.ServerError(reply, in command, "a\r\nEND\r\n"u8);
        Assert.Equal("SERVER_ERROR a  END  \r\n", Encoding.ASCII.GetString(reply, 0, length));
    }

    [Theory]
    [InlineData("set k 0 0 0 noreply\r\n\r\n", "")]
    [InlineData("set k 0 0 0\r\n\r\n", "Miss Done Exists ServerError")]
    [InlineData("mg k q\r\n", "Done Exists ServerError")]
    [InlineData("ms k 0 q\r\n\r\n", "Miss Exists ServerError")]
    [InlineData("md k q\r\n", "Miss Exists ServerError")]
    [InlineData("ma k q\r\n", "Miss Exists ServerError")]
    public void IsSuppressed_QuietLine_HidesWhatIsExpected(string sent, string shown)
    {
        var command = Parse(Encoding.ASCII.GetBytes(sent), MemcachedProtocol.Text);
        Assert.Equal(shown, Shown(in command));
    }

    [Theory]
    [InlineData(0x09, "Done Exists ServerError")]
    [InlineData(0x14, "Miss Exists ServerError")]
    [InlineData(0x04, "Miss Done Exists ServerError")]
    public void IsSuppressed_QuietOpcode_HidesWhatIsExpected(byte opcode, string shown)
    {
        var command = Parse(new Packet(opcode, "", "k").ToBytes(), MemcachedProtocol.Binary);
        Assert.Equal(shown, Shown(in command));
    }

    [Fact]
    public void Heads_OfAnyItem_ReadBack()
    {
        var items = Gen.Choose(0, 1000).SelectMany(length => Gen.Choose(int.MinValue, int.MaxValue), (length, number) =>
            new ItemHead
            {
                ValueLength = length,
                ClientFlags = (uint)number,
                Expiry = number,
                Unique = (uint)number,
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(items.ToArbitrary(), item =>
            Same(in item, Verb.Set) && Same(in item, Verb.MetaSet) && Same(in item, Verb.None)));
    }

    internal static string Hit(string sent, in HitHead hit, string value)
    {
        var bytes = Encoding.ASCII.GetBytes(sent);
        var command = Parse(bytes, MemcachedProtocol.Text);
        var reply = new byte[ReplyWriter.MaxHead + value.Length];
        int length = ReplyWriter.Hit(reply, bytes, in command, in hit);
        if (ReplyWriter.ReturnsValue(bytes, in command))
        {
            length += Encoding.ASCII.GetBytes(value, reply.AsSpan(length));
            length += ReplyWriter.HitEnd(reply.AsSpan(length), in command);
        }

        return Encoding.ASCII.GetString(reply, 0, length);
    }

    internal static string Outcome(string sent, ReplyKind kind)
    {
        var bytes = Encoding.ASCII.GetBytes(sent);
        var command = Parse(bytes, MemcachedProtocol.Text);
        var reply = new byte[ReplyWriter.MaxHead];
        return Encoding.ASCII.GetString(reply, 0, ReplyWriter.Outcome(reply, bytes, in command, kind));
    }

    private static string Shown(in Command command)
    {
        var shown = new List<ReplyKind>();
        foreach (var kind in (ReplyKind[])[ReplyKind.Miss, ReplyKind.Done, ReplyKind.Exists, ReplyKind.ServerError])
        {
            if (!Suppression.IsSuppressed(in command, kind))
            {
                shown.Add(kind);
            }
        }

        return string.Join(' ', shown);
    }

    private static bool Same(in ItemHead item, Verb form)
    {
        var bytes = new byte[CommandWriter.MaxHead + item.ValueLength];
        int length = form switch
        {
            Verb.Set => CommandWriter.StorageHead(bytes, Verb.Add, "key"u8, in item),
            Verb.MetaSet => CommandWriter.MetaSetHead(bytes, Verb.Add, "key"u8, in item),
            _ => BinaryCommandWriter.StorageHead(bytes, BinaryOpcode.Add, "key"u8, in item, 1),
        };
        var protocol = form == Verb.None ? MemcachedProtocol.Binary : MemcachedProtocol.Text;
        CommandReader.TryRead(bytes.AsSpan(0, length), protocol, ReaderLimits.Default, out var command, out var fault);
        return fault.Kind == FaultKind.None
            && command.HeadLength == length
            && command.ValueLength == item.ValueLength
            && command.ClientFlags == item.ClientFlags
            && command.Expiry == item.Expiry
            && (form == Verb.Set || command.Unique == item.Unique)
            && bytes.AsSpan(command.KeyOffset, command.KeyLength).SequenceEqual("key"u8);
    }

    private static Command Parse(byte[] bytes, MemcachedProtocol protocol)
    {
        Assert.Equal(ReadStatus.Read, CommandReader.TryRead(
            bytes, protocol, ReaderLimits.Default, out var command, out _));
        return command;
    }
}
