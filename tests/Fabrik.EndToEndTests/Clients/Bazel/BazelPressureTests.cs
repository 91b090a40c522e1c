using System.Globalization;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Bazel;

/// <summary>
/// A build that leaves its intermediate files in the cache (<c>--remote_download_minimal</c>), while other writers push
/// everything out of the cache that it has not promised to keep.
/// </summary>
public sealed class BazelPressureTests : IDisposable
{
    private const int Parts = 6;
    private const int PartSize = 512 * 1024;
    // Bazel's exit code for inputs that the cache no longer has.
    private const int LostInputs = 39;

    private const long StoreSize = 16 * 1024 * 1024;

    private readonly Sandbox _sandbox = new();

    [Theory]
    [InlineData(nameof(BazelDoor.Grpc))]
    [InlineData(nameof(BazelDoor.Http))]
    public async Task Build_OfWhatIsOnlyInAFullCache_FindsWhatItWasTold(string doorName)
    {
        var door = Enum.Parse<BazelDoor>(doorName);
        using var workspace = CreateWorkspace();
        await using var server = await StartServerAsync(lease: "3h");
        await LeaveThePartsInTheCacheAsync(workspace, door, server);

        await using var others = new OtherWriters(server);
        await others.EvictAsync(2 * StoreSize);
        var built = await BuildAsync(workspace, door, server, ":whole");
        Assert.True(built.Succeeded, $"{built}\n{server.Log}");
        await others.StopAsync();

        Assert.Equal(Parts * PartSize, workspace.Output("whole.txt").Length);
        var metrics = await server.ReadMetricsAsync();
        Assert.True(metrics.Sum("fabrik_evictions_total") > 0);
        Assert.True(metrics.Knows("fabrik_lease_violations_total"));
        Assert.Equal(0, metrics.Sum("fabrik_lease_violations_total"));
    }

    // What the test above is worth: the same build without promises.
    [Fact]
    public async Task Build_OfWhatIsOnlyInAFullCacheWithoutLeases_Fails()
    {
        using var workspace = CreateWorkspace();
        await using var server = await StartServerAsync(lease: "0s");
        await LeaveThePartsInTheCacheAsync(workspace, BazelDoor.Grpc, server);

        await using var others = new OtherWriters(server);
        await others.EvictAsync(2 * StoreSize);
        var built = await BuildAsync(workspace, BazelDoor.Grpc, server, ":whole");

        Assert.True(built.Run.ExitCode == LostInputs, built.ToString());
    }

    public void Dispose() => _sandbox.Dispose();

    private static BazelWorkspace CreateWorkspace()
    {
        var workspace = new BazelWorkspace(static _ => Rules());
        var random = new Random(20_261_121);
        for (var part = 0; part < Parts; part++)
        {
            workspace.Write($"{part}.txt", Convert.ToHexString(Bytes(random, PartSize / 2)));
        }

        return workspace;
    }

    private static string Rules()
    {
        var parts = Enumerable.Range(0, Parts).Select(part => part.ToString(CultureInfo.InvariantCulture));
        return string.Join('\n', parts.Select(part => $$"""
            genrule(
                name = "part{{part}}", srcs = ["{{part}}.txt"], outs = ["part{{part}}.txt"],
                cmd = "tr A-F a-f < $< > $@",
            )
            """)) + $$"""

            filegroup(name = "parts", srcs = [{{string.Join(", ", parts.Select(part => $"\":part{part}\""))}}])
            genrule(name = "whole", srcs = [":parts"], outs = ["whole.txt"], cmd = "cat $(SRCS) > $@")
            """;
    }

    // On one machine they are made; another one only hears of them.
    private static async Task LeaveThePartsInTheCacheAsync(
        BazelWorkspace workspace, BazelDoor door, FabrikServer server)
    {
        var made = await BuildAsync(workspace, door, server, ":parts");
        Assert.True(made is { Succeeded: true, Hits: 0 }, made.ToString());
        workspace.Clean();
        var heard = await BuildAsync(workspace, door, server, ":parts");
        Assert.True(heard is { Succeeded: true, Hits: Parts }, heard.ToString());
        Assert.All(Enumerable.Range(0, Parts), part => Assert.False(workspace.HasOutput($"part{part}.txt")));
    }

    private static Task<BuildResult> BuildAsync(
        BazelWorkspace workspace, BazelDoor door, FabrikServer server, string target) =>
        workspace.RunAsync(
            "build",
            [
                .. BazelWorkspace.Remote(door, CacheAccess.To(server, "no-token-is-needed")),
                "--remote_download_minimal",
                // It would run the build again without what is gone.
                "--experimental_remote_cache_eviction_retries=0",
                target,
            ]);

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private Task<FabrikServer> StartServerAsync(string lease) => FabrikServer.StartAsync(
        _sandbox,
        new ServerConfiguration
        {
            StoreDirectory = _sandbox.In("store"),
            MaxSize = StoreSize.ToString(CultureInfo.InvariantCulture),
            Lease = lease,
        });
}
