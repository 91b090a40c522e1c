using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Memcached;

public sealed class BinaryCommandReaderTests
{
    /// <summary>Opcode, extras, key, value (in hexadecimal), unique number, and what it is read as.</summary>
    public static TheoryData<Packet, string> Right => new()
    {
        { new(0x00, "", "k"), "Get k opaque 7" },
        { new(0x09, "", "k"), "Get k opaque 7 quiet" },
        { new(0x0c, "", "k"), "Get k opaque 7" },
        { new(0x0d, "", "k"), "Get k opaque 7 quiet" },
        { new(0x01, "0000000500000e10", "k", "616263"), "Set k flags 5 expiry 3600 opaque 7 = abc" },
        { new(0x01, "00000000ffffffff", "k", "", 9), "Set k expiry -1 unique 9 opaque 7 = " },
        { new(0x11, "0000000000000000", "k", "61"), "Set k opaque 7 quiet = a" },
        { new(0x02, "0000000000000000", "k", "61"), "Add k opaque 7 = a" },
        { new(0x12, "0000000000000000", "k", "61"), "Add k opaque 7 quiet = a" },
        { new(0x03, "0000000000000000", "k", "61"), "Replace k opaque 7 = a" },
        { new(0x13, "0000000000000000", "k", "61"), "Replace k opaque 7 quiet = a" },
        { new(0x04, "", "k"), "Delete k opaque 7" },
        { new(0x14, "", "k"), "Delete k opaque 7 quiet" },
        { new(0x05, "0000000000000002000000000000000300000004", "k"),
            "Increment k expiry 4 delta 2 initial 3 opaque 7" },
        { new(0x15, "0000000000000001000000000000000000000000", "k"), "Increment k delta 1 opaque 7 quiet" },
        { new(0x06, "00000000000000010000000000000000ffffffff", "k"), "Decrement k expiry -1 delta 1 opaque 7" },
        { new(0x16, "00000000000000010000000000000000ffffffff", "k"), "Decrement k expiry -1 delta 1 opaque 7 quiet" },
        { new(0x07, "", ""), "Quit opaque 7" },
        { new(0x17, "", ""), "Quit opaque 7 quiet" },
        { new(0x08, "", ""), "FlushAll opaque 7" },
        { new(0x18, "0000000a", ""), "FlushAll expiry 10 opaque 7 quiet" },
        { new(0x0a, "", ""), "Noop opaque 7" },
        { new(0x0b, "", ""), "Version opaque 7" },
        { new(0x0e, "", "k", "61"), "Append k opaque 7 = a" },
        { new(0x19, "", "k", "61"), "Append k opaque 7 quiet = a" },
        { new(0x0f, "", "k", "61"), "Prepend k opaque 7 = a" },
        { new(0x1a, "", "k", "61"), "Prepend k opaque 7 quiet = a" },
        { new(0x10, "", ""), "Stats opaque 7" },
        { new(0x10, "", "items"), "Stats items opaque 7" },
        { new(0x1c, "0000000a", "k"), "Touch k expiry 10 opaque 7" },
        { new(0x1d, "0000000a", "k"), "Gat k expiry 10 opaque 7" },
        { new(0x1e, "0000000a", "k"), "Gat k expiry 10 opaque 7 quiet" },
        { new(0x23, "0000000a", "k"), "Gat k expiry 10 opaque 7" },
        { new(0x24, "0000000a", "k"), "Gat k expiry 10 opaque 7 quiet" },
        { new(0x20, "", ""), "SaslList opaque 7" },
        { new(0x21, "", "PLAIN", "0061"), "SaslAuth PLAIN opaque 7 = \0a" },
        { new(0x22, "", "PLAIN", "61"), "SaslStep PLAIN opaque 7 = a" },
    };

    /// <summary>Packets that are wrong, with the status and text of the answer.</summary>
    public static TheoryData<Packet, BinaryStatus, string, bool> Wrong => new()
    {
        { new(0x00, "", ""), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x00, "00", "k"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x00, "", "k", "61"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x00, "", new string('k', 251)), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x01, "00000000", "k", "61"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x01, "0000000000000000", "", "61"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x04, "00000000", "k"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x05, "", "k"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x08, "0000", ""), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x0a, "", "k"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x0b, "", "", "61"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x0e, "00000000", "k", "61"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x10, "00", ""), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x1c, "", "k"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        { new(0x21, "", "", "61"), BinaryStatus.InvalidArguments, "Invalid arguments", true },
        // With a key memcached passes over too much: the key twice.
        { new(0x7f, "", "", "6162"), BinaryStatus.UnknownCommand, "Unknown command", false },
        { new(0x01, "0000000000000000", "k", "61") { Body = 3 }, BinaryStatus.UnknownCommand, "Unknown command", true },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public void TryRead_PacketCutAnywhere_IsRead(Packet packet, string expected)
    {
        var bytes = packet.ToBytes();
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal([expected], CommandStream.Read(bytes, MemcachedProtocol.Binary, [cut]));
        }
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void TryRead_WrongPacket_IsAnsweredAsMemcachedDoes(
        Packet packet, BinaryStatus status, string text, bool closes)
    {
        var bytes = packet.ToBytes();
        Assert.Equal(ReadStatus.Fault, CommandReader.TryRead(
            bytes, MemcachedProtocol.Binary, ReaderLimits.Default, out _, out var fault));
        var reply = new byte[fault.ReplyLength];
        fault.WriteReply(reply);
        var header = BinaryHeader.Read(reply);
        Assert.Equal(
            (BinaryHeader.Response, bytes[1], status, 7u, (uint)text.Length, closes),
            (header.Magic, header.Opcode, header.Status, header.Opaque, header.BodyLength, fault.Closes));
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(reply.AsSpan(BinaryHeader.Size)));
        Assert.True(fault.Closes || fault.Skip == bytes.Length);
    }

    [Fact]
    public void TryRead_TooLargeValue_IsPassedOverWithoutWaitingForIt()
    {
        const int ExtrasAndKey = 8 + 1;
        var bytes = new Packet(0x01, "0000000000000000", "k", new string('0', 2 * 101)).ToBytes();
        var head = bytes.AsSpan(0, BinaryHeader.Size + ExtrasAndKey);
        Assert.Equal(ReadStatus.Fault, CommandReader.TryRead(
            head, MemcachedProtocol.Binary, CommandStream.Small, out _, out var fault));
        Assert.Equal((FaultKind.TooLarge, (long)bytes.Length, false), (fault.Kind, fault.Skip, fault.Closes));
    }

    [Fact]
    public void TryRead_NoRequest_ClosesWithoutAnswer()
    {
        Assert.Equal(ReadStatus.Fault, CommandReader.TryRead(
            "get a\r\n"u8, MemcachedProtocol.Binary, ReaderLimits.Default, out _, out var fault));
        Assert.True(fault.Closes);
        Assert.Equal(0, fault.ReplyLength);
    }

    [Theory]
    [InlineData(0x80, MemcachedProtocol.Binary)]
    [InlineData((byte)'g', MemcachedProtocol.Text)]
    public void Detect_FirstByte_DecidesTheProtocol(byte first, MemcachedProtocol protocol) =>
        Assert.Equal(protocol, CommandReader.Detect(first));

    [Fact]
    public void Opcodes_LoudAndQuiet_AreOneAnother()
    {
        int quiet = 0;
        for (int opcode = 0; opcode < 256; opcode++)
        {
            byte loud = BinaryOpcode.ToLoud((byte)opcode);
            Assert.Equal(loud, BinaryOpcode.ToLoud(loud));
            Assert.Equal(BinaryOpcode.ToVerb(loud), BinaryOpcode.ToVerb((byte)opcode));
            if (BinaryOpcode.IsQuiet((byte)opcode))
            {
                quiet++;
                Assert.Equal(opcode, BinaryOpcode.ToQuiet(loud));
            }
        }

        Assert.Equal(14, quiet);
    }
}
