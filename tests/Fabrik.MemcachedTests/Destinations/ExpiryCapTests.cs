using Fabrik.Memcached.Destinations;
using Xunit;

namespace Fabrik.MemcachedTests.Destinations;

public sealed class ExpiryCapTests : StrategyTest
{
    // The clock of these tests begins at 1893553445 seconds since 1970.
    [Theory]
    [InlineData("set k 5 0 1|x", "set k 5 60 1|x")]
    [InlineData("set k 5 61 1|x", "set k 5 60 1|x")]
    [InlineData("set k 5 60 1|x", "set k 5 60 1|x")]
    [InlineData("set k 5 -1 1|x", "set k 5 -1 1|x")]
    [InlineData("set k 5 1893553475 1|x", "set k 5 1893553475 1|x")]
    [InlineData("set k 5 1893553545 1|x", "set k 5 60 1|x")]
    [InlineData("set k 5 1000000000 1|x", "set k 5 1000000000 1|x")]
    [InlineData("add k 5 0 1 noreply|x", "add k 5 60 1|x")]
    [InlineData("replace k 5 0 1|x", "replace k 5 60 1|x")]
    [InlineData("cas k 5 0 1 7|x", "cas k 5 60 1 7|x")]
    [InlineData("cas k 5 0 1 7 noreply|x", "cas k 5 60 1 7|x")]
    [InlineData("append k 5 0 1|x", "append k 5 0 1|x")]
    [InlineData("touch k 0", "touch k 60")]
    [InlineData("touch k 90 noreply", "touch k 60")]
    [InlineData("gat 0 k", "gat 60 k")]
    [InlineData("gats 90 k", "gats 60 k")]
    [InlineData("ms k 1|x", "ms k 1 T60|x")]
    [InlineData("ms k 1 F5 T0 q|x", "ms k 1 F5 T60|x")]
    [InlineData("ms k 1 T30 F5|x", "ms k 1 T30 F5|x")]
    [InlineData("mg k v T0 f", "mg k v T60 f")]
    [InlineData("mg k v", "mg k v")]
    [InlineData("mg k v N90 T30", "mg k v N60 T30")]
    [InlineData("mg k v N10 T90 q", "mg k v N10 T60")]
    [InlineData("ms k 1 MA N0 T30|x", "ms k 1 MA N60 T30|x")]
    [InlineData("ms k 1 a d e f g h i j k l m n o p r s|x", "ms k 1 a d e f g h i j k l m n o p r s|x")]
    [InlineData("ms k 1 a d e f g h i j k l m n o p q r|x", "ms k 1 a d e f g h i j k l m n o p r T60|x")]
    [InlineData("ma k N0 D2", "ma k N60 D2")]
    [InlineData("delete k", "delete k")]
    [InlineData("incr k 1", "incr k 1")]
    public void Send_OfWhatLivesTooLong_IsShortened(string sent, string received)
    {
        A.Otherwise = () => TestReplies.Text(Loop, "HD");
        var limited = new ExpiryLimited(Loop, A, TimeSpan.FromSeconds(60)) { Name = "g" };

        Send(limited, sent);

        Assert.Equal([received], A.Received);
    }

    [Fact]
    public void Send_OfALineWithoutRoomForAnExpiry_LeavesItAsItIs()
    {
        A.Otherwise = () => TestReplies.Text(Loop, "HD");
        var limited = new ExpiryLimited(Loop, A, TimeSpan.FromSeconds(60)) { Name = "g" };
        var line = $"ms k 1 x{new string('x', 2039)}";

        Send(limited, line + "|v");

        Assert.Equal([line + "|v"], A.Received);
        Assert.Equal(2047, line.Length);
    }

    [Theory]
    [InlineData(0x01, "0000000500000000", "000000050000003C")]
    [InlineData(0x1c, "00000000", "0000003C")]
    [InlineData(0x05,
        "0000000000000001000000000000000000000000", "000000000000000100000000000000000000003C")]
    public void Send_OfABinaryPacketThatLivesTooLong_IsShortened(
        byte opcode, string extras, string shortened)
    {
        A.Otherwise = () => TestReplies.Text(Loop, "HD");
        var limited = new ExpiryLimited(Loop, A, TimeSpan.FromSeconds(60)) { Name = "g" };
        var bytes = Convert.FromHexString(extras);
        byte[] packet =
        [
            0x80, opcode, 0, 1, (byte)bytes.Length, 0, 0, 0, 0, 0, 0, (byte)(bytes.Length + 1),
            1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, .. bytes, (byte)'k',
        ];
        var request = TestRequests.Binary(Loop, packet);

        var pending = limited.SendAsync(request);
        request.Release();
        End(pending);

        var received = Assert.Single(A.Received);
        Assert.Equal(shortened + "6B", received[("binary ".Length + 48)..]);
    }
}
