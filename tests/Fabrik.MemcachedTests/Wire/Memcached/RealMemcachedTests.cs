using System.Text;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Memcached;

/// <summary>The same bytes to memcached and to us.</summary>
public sealed class RealMemcachedTests(RealMemcached memcached) : IClassFixture<RealMemcached>
{
    public static TheoryData<string, string> Wrong => CommandTables.Wrong;

    public static TheoryData<string, string> WrongMeta => CommandTables.WrongMeta;

    public static TheoryData<string, string> Classic => CommandTables.Classic;

    public static TheoryData<string, string> Meta => CommandTables.Meta;

    public static TheoryData<Packet, BinaryStatus, string, bool> WrongPackets => BinaryCommandReaderTests.Wrong;

    public static TheoryData<Packet, string> RightPackets => BinaryCommandReaderTests.Right;

    public static TheoryData<string> Flags => new("v", "s v f t c k Oabc", "f", "t c s h l", "q v k", "k O1 f v");

    [Theory]
    [MemberData(nameof(Wrong))]
    [MemberData(nameof(WrongMeta))]
    public async Task Fault_SameLineToMemcached_IsAnsweredTheSame(string sent, string expected)
    {
        string answer = await memcached.AskAsync(Encoding.Latin1.GetBytes(sent), TestContext.Current.CancellationToken);
        int text = expected.IndexOf(": ", StringComparison.Ordinal) + 2;
        Assert.Equal(expected[text..expected.LastIndexOf(" (", StringComparison.Ordinal)], answer.TrimEnd());
    }

    [Theory]
    [MemberData(nameof(Classic))]
    [MemberData(nameof(Meta))]
    public async Task Reply_OfMemcachedToEachCommand_IsReadWhole(string sent, string expected)
    {
        // memcached has no "config", and knows neither all flags nor what follows "stats".
        Assert.SkipWhen(expected.StartsWith("Config", StringComparison.Ordinal), "not a command of memcached's");
        var bytes = Encoding.Latin1.GetBytes(sent);
        CommandReader.TryRead(bytes, MemcachedProtocol.Text, ReaderLimits.Default, out var command, out _);
        string answer = await memcached.AskAsync(bytes, TestContext.Current.CancellationToken);
        if (command.IsQuiet || command.Verb == Verb.Quit)
        {
            return;
        }

        string told = ReplyReaderTests.Read(Encoding.Latin1.GetBytes(answer), command.Verb, MemcachedProtocol.Text, 0);
        Assert.EndsWith("end", told, StringComparison.Ordinal);
        Assert.Equal(1, told.Split(" end").Length - 1);
    }

    [Theory]
    [MemberData(nameof(WrongPackets))]
    public async Task Fault_SamePacketToMemcached_IsAnsweredTheSame(
        Packet packet, BinaryStatus status, string text, bool closes)
    {
        Assert.NotEqual(BinaryStatus.Success, status);
        Assert.SkipWhen(packet.Key == "PLAIN" || packet.Opcode == 0x21, "memcached is built without SASL");
        var bytes = packet.ToBytes();
        CommandReader.TryRead(bytes, MemcachedProtocol.Binary, ReaderLimits.Default, out _, out var fault);
        var reply = new byte[fault.ReplyLength];
        fault.WriteReply(reply);
        Assert.EndsWith(text, Encoding.ASCII.GetString(reply), StringComparison.Ordinal);
        Assert.Equal(closes, fault.Closes);
        Assert.Equal(reply, await memcached.AskPacketsAsync(bytes, TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(RightPackets))]
    public async Task Reply_OfMemcachedToEachPacket_IsReadWhole(Packet packet, string expected)
    {
        var bytes = packet.ToBytes();
        CommandReader.TryRead(bytes, MemcachedProtocol.Binary, ReaderLimits.Default, out var command, out _);
        Assert.StartsWith(command.Verb.ToString(), expected, StringComparison.Ordinal);
        bytes[1] = BinaryOpcode.ToLoud(bytes[1]);
        var answer = await memcached.AskPacketsAsync(bytes, TestContext.Current.CancellationToken);
        string told = ReplyReaderTests.Read(answer, command.Verb, MemcachedProtocol.Binary, 0);
        Assert.Equal(1, told.Split(" end").Length - 1);
        Assert.EndsWith("end", told, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Flags))]
    public async Task Hit_SameFlagsToMemcached_IsWrittenTheSame(string flags)
    {
        string ask = $"mg hit {flags}\r\n";
        string set = "set hit 7 0 3\r\nabc\r\n";
        string answer = await memcached.AskAsync(
            Encoding.ASCII.GetBytes(set + ask), TestContext.Current.CancellationToken);
        answer = answer["STORED\r\n".Length..];
        ReplyReader.TryRead(
            Encoding.ASCII.GetBytes(answer), Verb.MetaGet, MemcachedProtocol.Text, ReaderLimits.Default, out var reply);
        var hit = new HitHead { ValueLength = 3, ClientFlags = 7, RemainingTtl = -1, Unique = reply.Unique };
        Assert.Equal(answer, ReplyWriterTests.Hit(ask, in hit, "abc"));
    }

    [Theory]
    [InlineData("mg none k O7 v\r\n", ReplyKind.Miss)]
    [InlineData("mg bm9uZQ== b k\r\n", ReplyKind.Miss)]
    [InlineData("ms none 1 k O7\r\na\r\n", ReplyKind.Done)]
    [InlineData("ms absent 1 MR k\r\na\r\n", ReplyKind.NotStored)]
    [InlineData("ms absent 1 C1 Oab\r\na\r\n", ReplyKind.Miss)]
    [InlineData("md absent k O7\r\n", ReplyKind.Miss)]
    [InlineData("ma absent O7 k\r\n", ReplyKind.Miss)]
    [InlineData("replace absent 0 0 1\r\na\r\n", ReplyKind.NotStored)]
    [InlineData("append absent 0 0 1\r\na\r\n", ReplyKind.Miss)]
    [InlineData("cas absent 0 0 1 1\r\na\r\n", ReplyKind.Miss)]
    [InlineData("touch absent 1\r\n", ReplyKind.Miss)]
    [InlineData("incr absent 1\r\n", ReplyKind.Miss)]
    [InlineData("me absent\r\n", ReplyKind.Miss)]
    [InlineData("set some 0 0 1\r\na\r\n", ReplyKind.Done)]
    [InlineData("flush_all 1000\r\n", ReplyKind.Done)]
    public async Task Outcome_SameCommandToMemcached_IsWrittenTheSame(string sent, ReplyKind kind)
    {
        string answer = await memcached.AskAsync(
            Encoding.ASCII.GetBytes("delete none\r\n" + sent), TestContext.Current.CancellationToken);
        answer = answer[(answer.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        Assert.Equal(answer, ReplyWriterTests.Outcome(sent, kind));
    }
}
