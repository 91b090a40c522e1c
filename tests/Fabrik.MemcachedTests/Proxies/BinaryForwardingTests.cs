using System.Text;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

public sealed class BinaryForwardingTests
{
    private const string Flags = "\0\0\0\u0005";

    [Fact]
    public async Task QuietGets_BehindANoop_ShowHitsOnlyAndTheirOwnOpcodes()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();

        client.Send([
            .. BinaryPackets.Request(0x09, "a", opaque: 1),
            .. BinaryPackets.Request(0x09, "b", opaque: 2),
            .. BinaryPackets.Request(0x0a, "", opaque: 3)]);
        var connection = server.Accept();
        connection.Expect(Text(BinaryPackets.Request(0x00, "a", opaque: 1)));
        connection.Expect(Text(BinaryPackets.Request(0x00, "b", opaque: 2)));
        connection.Send(Text(BinaryPackets.Response(0x00, 1, "Not found", opaque: 1)));
        connection.Send(Text(BinaryPackets.Response(0x00, 0, "value", Flags, opaque: 2)));

        Assert.Equal((0x09, 0, 2u, Flags + "value"), BinaryPackets.Read(client));
        Assert.Equal((0x0a, 0, 3u, ""), BinaryPackets.Read(client));
    }

    [Fact]
    public async Task Set_OfALargeValue_ArrivesWhole()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();
        var set = BinaryPackets.Request(0x01, "key", new string('v', 300_000), "\0\0\0\0\0\0\0\0", opaque: 9);

        var sending = Task.Run(() => client.Send(set), TestContext.Current.CancellationToken);
        var connection = server.Accept();
        connection.Expect(Text(set));
        connection.Send(Text(BinaryPackets.Response(0x01, 0, opaque: 9)));

        Assert.Equal((0x01, 0, 9u, ""), BinaryPackets.Read(client));
        await sending;
    }

    [Fact]
    public async Task Answer_WithAnotherOpaque_IsNobodys()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();
        client.Send(BinaryPackets.Request(0x00, "a", opaque: 1));
        var connection = server.Accept();
        connection.Expect(Text(BinaryPackets.Request(0x00, "a", opaque: 1)));

        connection.Send(Text(BinaryPackets.Response(0x00, 0, "value", Flags, opaque: 2)));

        Assert.Equal((0x00, 0x86, 1u, "backend pool/server:1 sent a wrong answer"), BinaryPackets.Read(client));
        Assert.True(connection.IsEnded());
    }

    private static string Text(byte[] packet) => Encoding.Latin1.GetString(packet);
}
