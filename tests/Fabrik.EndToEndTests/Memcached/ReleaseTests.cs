using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>What every client needs, before servers of two releases of memcached that are years apart.</summary>
public sealed class ReleaseTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // | is the end of a line; what is sent, and all that is answered.
    private static readonly (string Sent, string Answer)[] Text =
    [
        ("get a", "END"),
        ("set a 7 0 5|hello", "STORED"),
        ("set b 0 60 2|bb", "STORED"),
        ("get a none b", "VALUE a 7 5|hello|VALUE b 0 2|bb|END"),
        ("add a 0 0 1|x", "NOT_STORED"),
        ("replace a 8 0 3|new", "STORED"),
        ("append a 0 0 1|!", "STORED"),
        ("prepend a 0 0 1|>", "STORED"),
        ("get a", "VALUE a 8 5|>new!|END"),
        ("set quiet 0 0 1 noreply|q|get quiet", "VALUE quiet 0 1|q|END"),
        ("incr n 1", "NOT_FOUND"),
        ("set n 0 0 2|41", "STORED"),
        ("incr n 1", "42"),
        ("decr n 100", "0"),
        ("incr a 1", "CLIENT_ERROR cannot increment or decrement non-numeric value"),
        ("touch a 100", "TOUCHED"),
        ("gat 100 a none", "VALUE a 8 5|>new!|END"),
        ("touch none 1", "NOT_FOUND"),
        ("cas none 0 0 1 1|x", "NOT_FOUND"),
        ("cas a 0 0 1 9999999|x", "EXISTS"),
        ("delete a", "DELETED"),
        ("delete a", "NOT_FOUND"),
        ("get a", "END"),
    ];

    private static readonly (string Sent, string Answer)[] Meta =
    [
        ("mn", "MN"),
        ("mg a v", "EN"),
        ("ms a 2 F5 T0|aa", "HD"),
        ("mg a v f t s k O9", "VA 2 f5 t-1 s2 ka O9|aa"),
        ("mg a", "HD"),
        ("mg none v q|mg a s q k|mn", "HD s2 ka|MN"),
        ("ms a 1 MA|b", "HD"),
        ("ms a 1 MP|>", "HD"),
        ("ms a 1 ME|x", "NS"),
        ("ms none 1 MR|x", "NS"),
        ("mg a v", "VA 4|>aab"),
        ("ms YmFzZQ== 1 b|6", "HD"),
        ("mg YmFzZQ== b k v", "VA 1 kYmFzZQ== b|6"),
        ("get base", "VALUE base 0 1|6|END"),
        ("ma n", "NF"),
        ("ma n N0 J13 v", "VA 2|13"),
        ("ma n D7 v", "VA 2|20"),
        ("ma n MD D5 v", "VA 2|15"),
        ("mg late N30 v", "VA 0 W|"),
        ("ms stale 1|x", "HD"),
        ("md stale I T30", "HD"),
        ("mg stale v", "VA 1 X W|x"),
        ("mg stale v", "VA 1 Z X|x"),
        ("md a q|mn", "MN"),
        ("md a", "NF"),
    ];

    // What came after 1.6.18: a number of the client's own, values taken away, appending to nothing.
    private static readonly (string Sent, string Answer)[] NewMeta =
    [
        ("ms a 1 E100 c|x", "HD c100"),
        ("mg a c v", "VA 1 c100|x"),
        ("ms a 1 C100 E200 c|y", "HD c200"),
        ("ms a 1 C100 E300|z", "EX"),
        ("ma count N0 J5 E7 c v", "VA 1 c7|5"),
        ("ms list 1 MA N0 c E11|z", "HD c11"),
        ("mg list v t", "VA 1 t-1|z"),
        ("md a x", "HD"),
        ("mg a v", "VA 0|"),
        ("md a C1", "EX"),
        ("ms sized 3 s|abc", "HD s3"),
    ];

    private readonly Sandbox _sandbox = new();

    [Theory]
    [InlineData(MemcachedRelease.Installed)]
    [InlineData(MemcachedRelease.Newest)]
    public Task Commands_OfTheTextProtocol_AreAnsweredAsByOneServer(MemcachedRelease release) =>
        AskAsync(release, Text);

    [Theory]
    [InlineData(MemcachedRelease.Installed)]
    [InlineData(MemcachedRelease.Newest)]
    public Task Commands_OfMeta_AreAnsweredAsByOneServer(MemcachedRelease release) => AskAsync(release, Meta);

    [Fact]
    public Task Commands_OfMetaWithTheNewestFlags_AreAnsweredAsByOneServer() =>
        AskAsync(MemcachedRelease.Newest, NewMeta);

    [Fact]
    public async Task Cas_WithTheNumberThatWasTold_StoresOnce()
    {
        await using var stack = await StartAsync(MemcachedRelease.Newest);
        using var client = await stack.Proxy.ConnectAsync();
        Assert.Equal("STORED", client.Set("a", "before"));
        client.Send("gets a\r\n");
        var unique = client.LinesTo("END")[0].Split(' ')[4];

        Assert.Equal("STORED", client.Ask($"cas a 0 0 5 {unique}\r\nafter"));
        Assert.Equal("EXISTS", client.Ask($"cas a 0 0 5 {unique}\r\nagain"));
        Assert.Equal("after", client.Get("a"));
    }

    [Theory]
    [InlineData(MemcachedRelease.Installed, "-a", 27)]
    [InlineData(MemcachedRelease.Installed, "-b", 27)]
    [InlineData(MemcachedRelease.Newest, "-a", 27)]
    [InlineData(MemcachedRelease.Newest, "-b", 27)]
    public async Task Memcapable_OfLibmemcached_PassesAllOfAProtocol(
        MemcachedRelease release, string protocol, int tests)
    {
        var program = Tools.OnPath("memccapable", "apt-get install libmemcached-tools");
        await using var stack = await StartAsync(release);
        var result = await ChildProcess.RunAsync(
            new CommandLine(program, ["-h", "127.0.0.1", "-p", $"{stack.Proxy.Port}", protocol])
            {
                Directory = _sandbox.Root,
                Environment = _sandbox.EnvironmentWith(),
            },
            Limit);

        Assert.True(result.Output.Contains("All tests passed", StringComparison.Ordinal), result.Everything);
        Assert.Equal(tests, result.Output.Split("[pass]").Length - 1);
    }

    public void Dispose() => _sandbox.Dispose();

    private Task<ProxiedServers> StartAsync(MemcachedRelease release) =>
        ProxiedServers.StartAsync(_sandbox, 3, new MemcachedSetup { Release = release });

    private async Task AskAsync(MemcachedRelease release, (string Sent, string Answer)[] table)
    {
        await using var stack = await StartAsync(release);
        using var proxied = await stack.Proxy.ConnectAsync();
        await using var single = await MemcachedServer.StartAsync(
            _sandbox, new MemcachedSetup { Release = release });
        using var direct = await MemcachedClient.ConnectAsync(single.Port);
        foreach (var (sent, answer) in table)
        {
            var expected = $"{sent}\n{answer}";
            Assert.Equal(expected, Ask(direct, sent, answer));
            Assert.Equal(expected, Ask(proxied, sent, answer));
        }
    }

    private static string Ask(MemcachedClient client, string sent, string answer)
    {
        client.Send(sent.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n");
        var lines = answer.Split('|').Select(_ => client.Line());
        return $"{sent}\n{string.Join('|', lines)}";
    }
}
