using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>What a client sends, what the server receives and answers, and what the client gets.</summary>
public sealed class ForwardingTests
{
    /// <summary>Client sends; server receives; server answers; client receives.</summary>
    public static TheoryData<string, string, string, string> Exchanges => new()
    {
        { "get a\r\n", "get a\r\n", "VALUE a 5 3\r\nabc\r\nEND\r\n", "VALUE a 5 3\r\nabc\r\nEND\r\n" },
        { "get a\r\n", "get a\r\n", "END\r\n", "END\r\n" },
        { "get a\r\n", "get a\r\n", "SERVER_ERROR no\r\n", "SERVER_ERROR no\r\n" },
        {
            "get a b c\r\n", "get a b c\r\n", "VALUE a 0 1\r\nA\r\nVALUE c 0 1\r\nC\r\nEND\r\n",
            "VALUE a 0 1\r\nA\r\nVALUE c 0 1\r\nC\r\nEND\r\n"
        },
        { "get a a\r\n", "get a a\r\n", "VALUE a 0 1\r\nA\r\nEND\r\n", "VALUE a 0 1\r\nA\r\nEND\r\n" },
        {
            "get a b\r\n", "get a b\r\n", "VALUE b 0 1\r\nB\r\nVALUE a 0 1\r\nA\r\nEND\r\n",
            "VALUE a 0 1\r\nA\r\nVALUE b 0 1\r\nB\r\nEND\r\n"
        },
        { "gets a b\r\n", "gets a b\r\n", "VALUE a 0 1 7\r\nA\r\nEND\r\n", "VALUE a 0 1 7\r\nA\r\nEND\r\n" },
        { "gets a b\r\n", "gets a b\r\n", "SERVER_ERROR no\r\n", "SERVER_ERROR no\r\n" },
        { "gat 10 a\r\n", "gat 10 a\r\n", "VALUE a 0 1\r\nA\r\nEND\r\n", "VALUE a 0 1\r\nA\r\nEND\r\n" },
        {
            "gat 10 a b\r\n", "gat 10 a\r\ngat 10 b\r\n", "END\r\nVALUE b 0 1\r\nB\r\nEND\r\n",
            "VALUE b 0 1\r\nB\r\nEND\r\n"
        },
        { "set a 1 2 3\r\nabc\r\n", "set a 1 2 3\r\nabc\r\n", "STORED\r\n", "STORED\r\n" },
        { "set a 1 2 3 noreply\r\nabc\r\nmn\r\n", "set a 1 2 3\r\nabc\r\n", "STORED\r\n", "MN\r\n" },
        { "add a 1 2 3\r\nabc\r\n", "add a 1 2 3\r\nabc\r\n", "NOT_STORED\r\n", "NOT_STORED\r\n" },
        { "cas a 1 2 3 9\r\nabc\r\n", "cas a 1 2 3 9\r\nabc\r\n", "EXISTS\r\n", "EXISTS\r\n" },
        { "incr a 1\r\n", "incr a 1\r\n", "8\r\n", "8\r\n" },
        { "delete a\r\n", "delete a\r\n", "DELETED\r\n", "DELETED\r\n" },
        { "touch a 5\r\n", "touch a 5\r\n", "TOUCHED\r\n", "TOUCHED\r\n" },
        { "mg a v\r\n", "mg a v\r\n", "VA 3\r\nabc\r\n", "VA 3\r\nabc\r\n" },
        { "mg a v q\r\nmn\r\n", "mg a v\r\n", "EN\r\n", "MN\r\n" },
        { "mg a v q k O7\r\nmn\r\n", "mg a v k O7\r\n", "VA 1 ka O7\r\nx\r\n", "VA 1 ka O7\r\nx\r\nMN\r\n" },
        { "ms a 3 q\r\nabc\r\nmn\r\n", "ms a 3\r\nabc\r\n", "HD\r\n", "MN\r\n" },
        { "ms a 3 q\r\nabc\r\nmn\r\n", "ms a 3\r\nabc\r\n", "NS\r\n", "NS\r\nMN\r\n" },
        { "md a\r\n", "md a\r\n", "NF\r\n", "NF\r\n" },
        { "ma a N0\r\n", "ma a N0\r\n", "HD\r\n", "HD\r\n" },
        { "me a\r\n", "me a\r\n", "ME a exp=-1\r\n", "ME a exp=-1\r\n" },
    };

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task Command_OfOneClient_IsForwardedAndAnswered(
        string sent, string received, string answer, string got)
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();

        client.Send(sent);
        var connection = server.Accept();
        connection.Expect(received);
        connection.Send(answer);

        Assert.Equal(got, client.Read(got.Length));
        Assert.Equal("VERSION 1.6.18-fabrik-0.1.0\r\n", client.Ask("version\r\n"));
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task Command_InSingleBytes_IsForwardedAndAnswered(
        string sent, string received, string answer, string got)
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();

        foreach (var letter in sent)
        {
            client.Send(letter.ToString());
        }

        var connection = server.Accept();
        connection.Expect(received);
        foreach (var letter in answer)
        {
            connection.Send(letter.ToString());
        }

        Assert.Equal(got, client.Read(got.Length));
        Assert.Equal("VERSION 1.6.18-fabrik-0.1.0\r\n", client.Ask("version\r\n"));
    }
}
