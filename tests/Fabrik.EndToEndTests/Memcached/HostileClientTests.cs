using System.Globalization;
using System.Text;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>Clients that err, leave, come in crowds, or share their servers with many others.</summary>
public sealed class HostileClientTests(ITestOutputHelper output) : IDisposable
{
    private const int Crowd = 10_000;

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Commands_ThatAreWrong_AreAnsweredAndHarmNobody()
    {
        await using var stack = await ProxiedServers.StartAsync(_sandbox, 2);
        using var other = await stack.Proxy.ConnectAsync();
        Assert.Equal("STORED", other.Set("kept", "value"));
        string longKey = new('k', 251);
        string large = new('x', (1 << 20) + 1);
        (string Sent, string Expected)[] wrong =
        [
            ($"get {longKey}\r\n", "CLIENT_ERROR"),
            ($"set {longKey} 0 0 1\r\nx\r\n", "CLIENT_ERROR"),
            ($"set large 0 0 {large.Length}\r\n{large}\r\n", "SERVER_ERROR object too large for cache"),
            ("set negative 0 0 -1\r\n", "CLIENT_ERROR"),
            ("set huge 0 0 99999999999999999999\r\n", "CLIENT_ERROR"),
            ("set bad 0 0 3\r\nvalue\r\n", "CLIENT_ERROR bad data chunk"),
            ("get nul\0key\r\n", "CLIENT_ERROR"),
            ("get\r\n", "ERROR"),
            ("\r\n", "ERROR"),
            ("nonsense\r\n", "ERROR"),
            ("mg\r\n", "ERROR"),
            ("\x80\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x01aaaabbbbbbbb", ""),
        ];
        foreach (var (sent, expected) in wrong)
        {
            using var client = await stack.Proxy.ConnectAsync();
            client.Send(sent);
            client.EndSending();
            var answer = client.Line();
            Assert.True(
                (answer ?? "").StartsWith(expected, StringComparison.Ordinal),
                $"{sent[..Math.Min(40, sent.Length)]}: {answer}");
            Assert.Equal("value", other.Get("kept"));
        }

        Assert.Null(other.Get("bad"));
    }

    [Fact]
    public async Task Client_ThatLeavesBehindTenThousandCommands_HarmsNobody()
    {
        await using var stack = await ProxiedServers.StartAsync(_sandbox, 2);
        using var other = await stack.Proxy.ConnectAsync();
        Assert.Equal("STORED", other.Set("kept", "value"));
        var commands = string.Concat(Enumerable.Range(0, 10_000).Select(
            static i => i % 2 == 0 ? $"set key:{i} 0 0 5\r\nvalue\r\n" : "get kept\r\n"));
        for (var i = 0; i < 5; i++)
        {
            using var client = await stack.Proxy.ConnectAsync();
            client.Send(commands);
        }

        Assert.Equal("value", other.Get("kept"));
        await Poll.UntilAsync(
            async () => (await stack.Proxy.ReadMetricsAsync()).Sum("fabrik_memcached_clients") == 1,
            () => "those who left are still counted");
        Assert.Equal("value", other.Get("kept"));
    }

    [Fact]
    public async Task Clients_TenThousandThatAreIdle_CostLittleMemory()
    {
        var allowed = AllowedFiles();
        Assert.SkipUnless(
            allowed > Crowd + 500, $"this process may have {allowed} files open, and needs {Crowd + 500}");
        await using var stack = await ProxiedServers.StartAsync(_sandbox, 1);
        var before = ResidentKilobytes(stack.Proxy.ProcessId);
        List<MemcachedClient> crowd = [];
        try
        {
            while (crowd.Count < Crowd)
            {
                crowd.Add(await stack.Proxy.ConnectAsync());
            }

            Assert.Equal("STORED", crowd[0].Set("key", "value"));
            Assert.All(crowd, static client => Assert.Equal("value", client.Get("key")));
            var each = (ResidentKilobytes(stack.Proxy.ProcessId) - before) / (double)Crowd;
            output.WriteLine($"{each:F2} KiB of resident memory for each of {Crowd} clients, {before} KiB without");
            Assert.True(each < 16, $"{each} KiB for each client");
        }
        finally
        {
            crowd.ForEach(static client => client.Dispose());
        }
    }

    [Fact]
    public async Task Values_OfManyClientsOverTwoProxies_AreNeverThoseOfOthers()
    {
        const int Clients = 24;
        const int Rounds = 150;
        await using var stack = await ProxiedServers.StartAsync(_sandbox, 3);
        var yaml = await File.ReadAllTextAsync(stack.Proxy.ConfigurationFile);
        await using var second = await MemcachedProxyServer.StartAsync(_sandbox, yaml);
        MemcachedProxyServer[] proxies = [stack.Proxy, second];
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(id => Task.Run(async () =>
        {
            using var client = await proxies[id % 2].ConnectAsync();
            Random random = new(id);
            for (var round = 0; round < Rounds; round++)
            {
                Exchange(client, id, round, random);
            }
        })));
    }

    public void Dispose() => _sandbox.Dispose();

    // Sets keys of its own, and asks for all of them in one line and one by one, in pipelines with its own pace.
    private static void Exchange(MemcachedClient client, int id, int round, Random random)
    {
        var count = random.Next(1, 30);
        var keys = Enumerable.Range(0, count).Select(i => $"c{id}:k{i}").ToArray();
        string Value(string key) => $"{key}@{round}:{new string((char)('a' + (id % 26)), random.Next(id) % 700)}";
        var values = keys.Select(Value).ToArray();
        StringBuilder commands = new();
        for (var i = 0; i < count; i++)
        {
            commands.Append(CultureInfo.InvariantCulture, $"set {keys[i]} 0 0 {values[i].Length}\r\n{values[i]}\r\n");
        }

        commands.Append(CultureInfo.InvariantCulture, $"get {string.Join(' ', keys)} none:{id}\r\n");
        client.Send(commands.ToString());
        Assert.All(keys, _ => Assert.Equal("STORED", client.Line()));
        for (var i = 0; i < count; i++)
        {
            Assert.Equal($"VALUE {keys[i]} 0 {values[i].Length}", client.Line());
            Assert.Equal(values[i], client.Line());
        }

        Assert.Equal("END", client.Line());
    }

    private static long AllowedFiles() => long.Parse(
        File.ReadLines("/proc/self/limits")
            .First(static line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3],
        CultureInfo.InvariantCulture);

    private static long ResidentKilobytes(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status")
            .First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
