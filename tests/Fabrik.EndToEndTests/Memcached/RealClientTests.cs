using System.Globalization;
using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>Clients that applications use, through <c>fabrik memcached-proxy</c> to three servers.</summary>
public sealed class RealClientTests : IDisposable
{
    private const string AllIsWell = "all is well\n";
    private const string Credentials = """, user: application, password: secret""";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly string Scripts = Path.Combine(
        Repository.Root, "tests", "Fabrik.EndToEndTests", "Memcached", "Clients");

    private readonly Sandbox _sandbox = new();

    [Fact]
    public Task Memjs_ByTheBinaryProtocol_GetsWhatItExpects() => RunScriptAsync("memjs.cjs", "memjs");

    [Fact]
    public Task Memjs_WithUserAndPassword_LogsIn() =>
        RunScriptAsync("memjs.cjs", "memjs", Credentials, "application", "secret");

    [Fact]
    public async Task Memjs_WithAWrongPassword_IsRefused()
    {
        var result = await RunAsync("memjs.cjs", "memjs", Credentials, "application", "wrong");
        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain(AllIsWell, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public Task Memcached_ByTheTextProtocol_GetsWhatItExpects() => RunScriptAsync("memcached.cjs", "memcached");

    [Fact]
    public async Task PymemcacheAndPylibmc_ByBothProtocols_GetWhatTheyExpect()
    {
        await using var stack = await StartAsync();
        var result = await RunAsync(Python(), [Path.Combine(Scripts, "clients.py"), Port(stack.Proxy)]);
        Assert.True(result.Output == AllIsWell, result.Everything + stack.Proxy.Log);
    }

    [Fact]
    public async Task Pymemcache_ByTlsAndByAUnixSocket_GetsWhatItExpects()
    {
        var certificate = TestCertificate.Create(_sandbox, "proxy");
        var socket = _sandbox.In("m.sock");
        await using var stack = await StartAsync(
            $", tls_cert_file: {certificate.File}, tls_key_file: {certificate.KeyFile} }}, "
            + $"local: {{ bind: \"unix:{socket}\"");
        var result = await RunAsync(
            Python(), [Path.Combine(Scripts, "listeners.py"), Port(stack.Proxy), certificate.AuthorityFile, socket]);
        Assert.True(result.Output == AllIsWell, result.Everything + stack.Proxy.Log);
    }

    public void Dispose() => _sandbox.Dispose();

    // Debian's, as what is on the path may be another one, without these packages.
    private static string Python() =>
        File.Exists("/usr/lib/python3/dist-packages/pymemcache/__init__.py")
            ? "/usr/bin/python3"
            : Tools.Missing("python3-pymemcache", "apt-get install python3-pymemcache python3-pylibmc");

    private static string Port(MemcachedProxyServer proxy) => proxy.Port.ToString(CultureInfo.InvariantCulture);

    private Task<ProxiedServers> StartAsync(string listener = "") =>
        ProxiedServers.StartAsync(_sandbox, 3, "", listener);

    private async Task RunScriptAsync(string script, string package, string listener = "", params string[] more)
    {
        var result = await RunAsync(script, package, listener, more);
        Assert.True(result.Output == AllIsWell, result.Everything);
    }

    private async Task<RunResult> RunAsync(string script, string package, string listener, params string[] more)
    {
        var modules = Path.Combine(Repository.Clients, "npm", "node_modules");
        if (!Directory.Exists(Path.Combine(modules, package)))
        {
            Tools.Missing(package, "eng/install-npm-clients");
        }

        await using var stack = await StartAsync(listener);
        var node = Tools.OnPath("node", "eng/install-npm-clients");
        return await RunAsync(
            node, [Path.Combine(Scripts, script), Port(stack.Proxy), .. more], ("NODE_PATH", modules));
    }

    private Task<RunResult> RunAsync(
        string program, string[] arguments, params (string Name, string Value)[] variables) =>
        ChildProcess.RunAsync(
            new CommandLine(program, arguments)
            {
                Directory = _sandbox.Root,
                Environment = _sandbox.EnvironmentWith(variables),
            },
            Limit);
}
