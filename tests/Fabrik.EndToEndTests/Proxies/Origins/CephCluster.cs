using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Proxies.Origins;

/// <summary>
/// The least cluster of Ceph that its object gateway runs on: one monitor and one store in memory. It is there within
/// two seconds, because the monitor is told not to gather changes for a second each.
/// </summary>
internal sealed class CephCluster : IAsyncDisposable
{
    private const string Id = "00000000-0000-4000-8000-000000000001";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Sandbox _sandbox;
    private readonly List<ChildProcess> _servers = [];
    private readonly string _configuration;
    private readonly int _monitorPort = LoopbackPort.FindFree();

    private CephCluster(Sandbox sandbox)
    {
        _sandbox = sandbox;
        foreach (var folder in (string[])["mon", "osd", "rgw", "run"])
        {
            sandbox.Make($"ceph/{folder}");
        }

        _configuration = sandbox.Write("ceph/ceph.conf", ConfigurationText());
    }

    /// <summary>The keys of who owns the bucket.</summary>
    public static (string AccessKey, string SecretKey) Owner => ("OWNERKEY", "owner/secret+of=odd-characters");

    /// <summary>The keys of somebody else, to whom nothing of it belongs.</summary>
    public static (string AccessKey, string SecretKey) Stranger => ("STRANGERKEY", "strangers-secret");

    public static async Task<CephCluster> StartAsync(Sandbox sandbox)
    {
        CephCluster cluster = new(sandbox);
        try
        {
            await cluster.StartMonitorAsync();
            await cluster.StartStoreAsync();
            await cluster.AddUserAsync("owner", Owner);
            await cluster.AddUserAsync("stranger", Stranger);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a gateway; there may be several, which have the same objects.</summary>
    public async Task<S3Origin> StartGatewayAsync()
    {
        var port = LoopbackPort.FindFree();
        var door = $"beast endpoint=127.0.0.1:{port} tcp_nodelay=1";
        var process = ChildProcess.Start(Line("radosgw", "-n", "client.admin", "-f", "--rgw-frontends", door));
        S3Origin gateway = new(process, port, Owner);
        await gateway.ListensAsync();
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        // The store first: without its monitor it would wait.
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }
    }

    private async Task StartMonitorAsync()
    {
        var map = _sandbox.In("ceph/monmap");
        await RunAsync(
            "monmaptool", "--create", "--fsid", Id, "--addv", "a", $"[v2:127.0.0.1:{_monitorPort}/0]", map);
        await RunAsync("ceph-mon", "--mkfs", "-i", "a", "--monmap", map);
        await LoopbackPort.AnswersAsync(_monitorPort, StartServer("ceph-mon", "-i", "a", "-f"));
    }

    private async Task StartStoreAsync()
    {
        await RunAsync("ceph", "osd", "new", Id);
        await RunAsync("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", Id);
        StartServer("ceph-osd", "-i", "0", "-f");
    }

    private Task AddUserAsync(string name, (string AccessKey, string SecretKey) keys) => RunAsync(
        "radosgw-admin", "user", "create", "--uid", name, "--display-name", name,
        "--access-key", keys.AccessKey, "--secret", keys.SecretKey);

    private ChildProcess StartServer(string program, params string[] arguments)
    {
        var process = ChildProcess.Start(Line(program, arguments));
        _servers.Add(process);
        return process;
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var run = await ChildProcess.RunAsync(Line(program, arguments), Limit);
        Assert.True(run.ExitCode == 0, $"{program} ended with {run.ExitCode}\n{run.Everything}");
    }

    private CommandLine Line(string program, params string[] arguments) => new(
        Tools.OnPath(program, "apt-get install ceph-common ceph-mon ceph-osd radosgw"),
        program == "monmaptool" ? arguments : ["-c", _configuration, .. arguments])
    {
        Directory = _sandbox.Root,
        Environment = _sandbox.Environment,
    };

    private string ConfigurationText() =>
        $"""
        [global]
        fsid = {Id}
        mon host = [v2:127.0.0.1:{_monitorPort}/0]
        ms bind ipv6 = false
        auth cluster required = none
        auth service required = none
        auth client required = none
        ms mon client mode = crc secure
        run dir = {_sandbox.In("ceph/run")}
        admin socket =
        log file = {_sandbox.In("ceph/$name.log")}
        pid file =
        crash dir = {_sandbox.In("ceph/run")}
        paxos propose interval = 0.05
        paxos min wait = 0.01
        osd pool default size = 1
        osd pool default min size = 1
        osd pool default pg num = 1
        osd crush chooseleaf type = 0
        mon allow pool size one = true
        mon data = {_sandbox.In("ceph/mon")}
        osd data = {_sandbox.In("ceph/osd")}
        osd objectstore = memstore
        osd class load list = *
        osd class default list = *
        memstore device bytes = 1073741824
        rgw data = {_sandbox.In("ceph/rgw")}

        """;
}
