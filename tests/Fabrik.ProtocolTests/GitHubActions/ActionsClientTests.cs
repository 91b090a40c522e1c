using Fabrik.Testing.GitHubCache;
using Xunit;

namespace Fabrik.ProtocolTests.GitHubActions;

/// <summary>GitHub's own client (npm: @actions/cache) against the double: it keeps the double honest.</summary>
public sealed class ActionsClientTests : IAsyncLifetime
{
    private const string Script = """
        import * as fs from 'node:fs';
        import { pathToFileURL } from 'node:url';
        const cache = await import(pathToFileURL(process.env.CLIENT).href);
        fs.mkdirSync('data');
        fs.writeFileSync('data/a', Buffer.alloc(300000, 'abc'));
        const id = await cache.saveCache(['data'], 'build-1');
        const again = await cache.saveCache(['data'], 'build-1');
        fs.rmSync('data', { recursive: true });
        const other = await cache.restoreCache(['data'], 'other');
        const matched = await cache.restoreCache(['data'], 'build-2', ['build-']);
        console.log(`${id} ${again} ${other} ${matched} ${fs.statSync('data/a').size}`);
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fabrik-actions-");
    private GitHubCacheServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GitHubCacheServer.StartAsync(TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Client_OfGitHub_SavesAndRestores()
    {
        var output = await RunAsync();

        Assert.Contains("17 -1 undefined build-1 300000", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_WithoutWriteScope_IsTold()
    {
        _server.MayWrite = false;

        Assert.Contains("cache write denied", await RunAsync(), StringComparison.Ordinal);
    }

    private async Task<string> RunAsync()
    {
        var script = Path.Combine(_folder.FullName, "client.mjs");
        await File.WriteAllTextAsync(script, Script);
        string[] inherited =
        [
            "ACTIONS_CACHE_SERVICE_V2", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN", "GITHUB_SERVER_URL",
        ];
        await using var client = NodeProgram.Start(
            "@actions/cache",
            _folder.FullName,
            [script],
            [
                .. inherited.Select(name => (name, _server.Variable(name))),
                ("CLIENT", NodeProgram.FileOf("@actions/cache", "lib/cache.js")),
                ("GITHUB_WORKSPACE", _folder.FullName),
                ("RUNNER_TEMP", _folder.FullName),
            ]);
        return await client.ReadToEndAsync();
    }
}
