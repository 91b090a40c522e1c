using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Layers.Buckets;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers;

/// <summary>Who shares layer 2 and its bucket, and who may not touch what is there.</summary>
public sealed class TenantTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Build_OfTwoTenants_MeetsNeitherInLayerTwoNorInTheBucket()
    {
        using var project = LayerFlowTests.Project("turborepo");
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var stack = await StartAsync(issuer);
        var alice = await TokenAsync(issuer, "alice", "read,write");
        var bob = await TokenAsync(issuer, "bob", "read,write");
        await BuildAndCarryAsync(stack, project, "a", alice, hits: 0);
        var ofAlice = stack.S3!.Keys();
        Assert.All(ofAlice, key => Assert.StartsWith("alice/", key, StringComparison.Ordinal));
        await BuildAndCarryAsync(stack, project, "b", bob, hits: 0);
        var ofBob = stack.S3.Keys().Except(ofAlice, StringComparer.Ordinal).ToArray();
        Assert.All(ofBob, key => Assert.StartsWith("bob/", key, StringComparison.Ordinal));
        Assert.True(ofAlice.Count >= project.Steps);
        Assert.Equal(ofAlice.Count, ofBob.Length);

        // Each finds its own in layer 2, and in the bucket when layer 2 has lost it; a third one finds nothing.
        await BuildAndCarryAsync(stack, project, "a2", alice, hits: project.Steps);
        await stack.RestartSecondAsync(emptied: true);
        var carol = await TokenAsync(issuer, "carol", "read,write");
        await BuildAndCarryAsync(stack, project, "b2", bob, hits: project.Steps);
        await BuildAndCarryAsync(stack, project, "c", carol, hits: 0);
    }

    [Fact]
    public async Task Token_ThatMayOnlyRead_ChangesNothingOnAnyWay()
    {
        using var project = LayerFlowTests.Project("ccache");
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var stack = await StartAsync(issuer);
        var writing = await TokenAsync(issuer, "alice", "read,write");
        var reading = await TokenAsync(issuer, "alice", "read");
        var a = await BuildAndCarryAsync(stack, project, "a", writing, hits: 0);
        await KnownArtifacts.StoreAsync(a);
        await LayerStack.CarriedAsync(a);
        await LayerStack.CarriedAsync(stack.Second);
        var before = stack.S3!.Keys();

        // New artifacts, other bytes for those that are there, and deletions; queued, and waited for.
        foreach (var name in (string[])["queued", "sync"])
        {
            var more = name == "sync" ? "write_through = \"sync\"" : "";
            var reader = await stack.StartFirstAsync(name, more, reading);
            await LayerFlowTests.ExpectAsync(project, reader, hits: project.Steps);
            await KnownArtifacts.ExpectAllAsync(reader);
            await KnownArtifacts.DeleteAsync(reader);
            await PutEverywhereAsync(reader);
            await Poll.UntilAsync(
                async () => (await stack.Second.ReadMetricsAsync()).Sum(
                    "fabrik_errors_total", ("tool", "fabrik"), ("kind", "forbidden")) > 0,
                () => $"nothing was refused. The log:\n{reader.Log}");
        }

        Assert.Equal(before, stack.S3.Keys());
        await LayerStack.CarriedAsync(stack.Second);
        var b = await stack.StartFirstAsync("b", tokenFile: writing);
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
        await KnownArtifacts.ExpectAllAsync(b);
        using var strange = await b.Http.GetAsync("http/strange");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, strange.StatusCode);
        Assert.Equal(before, stack.S3.Keys());
    }

    public void Dispose() => _sandbox.Dispose();

    // By every door of the machine: what it may do here is its own affair, what arrives there is not.
    private static async Task PutEverywhereAsync(FabrikServer reader)
    {
        string[] doors = ["http/strange", "http/known-900", "cache/00112233445566778899aabbccddeeff", "webdav/strange",
            "ccache/strange", "v1/cache/0123456789", "v8/artifacts/0123456789abcdef?slug=team_sample"];
        foreach (var door in doors)
        {
            using var content = new ByteArrayContent(new byte[100]);
            using var answer = await reader.Http.PutAsync(door, content);
            Assert.True((int)answer.StatusCode < 500, $"{door}: {answer}");
        }
    }

    private static async Task<FabrikServer> BuildAndCarryAsync(
        LayerStack stack, ISampleProject project, string name, string token, int hits)
    {
        var first = await stack.StartFirstAsync(name, tokenFile: token);
        await LayerFlowTests.ExpectAsync(project, first, hits);
        await LayerStack.CarriedAsync(first);
        await LayerStack.CarriedAsync(stack.Second);
        return first;
    }

    private async Task<string> TokenAsync(TokenIssuer issuer, string tenant, string permissions) => _sandbox.Write(
        $"{tenant}-{permissions}.token", await issuer.IssueAsync(permissions, subject: tenant));

    private async Task<LayerStack> StartAsync(TokenIssuer issuer)
    {
        var s3 = await S3Server.StartAsync(_sandbox);
        return await LayerStack.StartAsync(
            _sandbox,
            second => second with
            {
                PublicKeyFile = issuer.PublicKeyFile,
                TenantClaim = "sub",
                Upstreams = [s3.Upstream("prefix = \"{customer_id}/\"\npermanent = true")],
            },
            s3);
    }
}
