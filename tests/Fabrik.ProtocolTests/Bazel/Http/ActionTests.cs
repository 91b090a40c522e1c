using System.Text;
using Fabrik.ProtocolTests.Serving;
using Fabrik.Server.Adapters.Bazel;
using Fabrik.Server.Auth;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Http;

/// <summary>Results of actions at <c>/ac/</c>.</summary>
public sealed class ActionTests : IAsyncLifetime
{
    private const string Path = $"/my/instance/ac/{BazelPaths.Action}";

    private static readonly TestBlob Output = TestBlob.Of("an output");
    private static readonly ActionResult Result = With(Output);

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await PutBlobAsync(Output);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Result_ThatWasPut_IsRead()
    {
        Assert.Equal(404, await _server.StatusAsync("GET", Path));
        Assert.Equal(200, await PutAsync(Result));

        var bytes = await _server.Client.GetByteArrayAsync(Path);
        using var head = await _server.SendAsync("HEAD", Path);

        Assert.Equal(Result, ActionResult.Parser.ParseFrom(bytes));
        Assert.Equal((200, bytes.Length), ((int)head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Result_IsThatOfTheRemoteExecutionApi()
    {
        await PutAsync(Result);
        var action = new TestBlob("\n"u8.ToArray());

        var key = new ActionKey("my/instance", action.Digest);

        Assert.Equal(BazelPaths.Action, action.Digest.Hash);
        Assert.NotNull(_server.Tier.Find(key.IdIn("", "")));
    }

    [Fact]
    public async Task Result_OfOneInstance_IsNotThatOfAnother()
    {
        await PutAsync(Result);

        Assert.Equal(404, await _server.StatusAsync("GET", $"/ac/{BazelPaths.Action}"));
        Assert.Equal(404, await _server.StatusAsync("GET", $"/my/ac/{BazelPaths.Action}"));
        Assert.Equal(404, await _server.StatusAsync("GET", $"/my/instance/x/ac/{BazelPaths.Action}"));
    }

    [Fact]
    public async Task ResultWhoseOutputIsGone_IsAMiss_UntilThatIsBack()
    {
        await PutAsync(Result);
        await _server.Tier.DeleteAsync(BlobSpace.IdOf(CachePrincipal.Anonymous, Output.Digest), default);

        Assert.Equal(404, await _server.StatusAsync("GET", Path));
        Assert.Equal(404, await _server.StatusAsync("HEAD", Path));

        await PutBlobAsync(Output);
        Assert.Equal(200, await _server.StatusAsync("GET", Path));
    }

    [Fact]
    public async Task ResultOfAWriterThatMayNotReplace_IsKeptAndASuccess()
    {
        var other = TestBlob.Of("another output");
        await PutBlobAsync(other);
        await PutAsync(Result, "rw");

        Assert.Equal(200, await PutAsync(With(other), "rw"));
        Assert.Equal(Result, await GetAsync());

        Assert.Equal(200, await PutAsync(With(other), "all"));
        Assert.Equal(With(other), await GetAsync());
    }

    [Fact]
    public async Task Result_IsFoundInTheScopesOfWhoAsks()
    {
        await PutAsync(Result, "scope:main");

        Assert.Equal(200, await _server.StatusAsync("GET", Path, token: "scope:pull,main"));
        Assert.Equal(404, await _server.StatusAsync("GET", Path, token: "scope:other"));
        Assert.Equal(404, await _server.StatusAsync("GET", Path, token: "tenant:x"));
    }

    [Theory]
    [InlineData("cCaC: what ccache keeps")]
    [InlineData("\u0012")]
    [InlineData("{}")]
    public async Task Put_OfSomethingElse_IsRefusedWithTheReason(string body)
    {
        using var response = await _server.SendAsync("PUT", Path, Encoding.UTF8.GetBytes(body));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("must be an ActionResult", await response.Content.ReadAsStringAsync());
        Assert.Equal(404, await _server.StatusAsync("GET", Path));
    }

    [Fact]
    public async Task Put_WithAWrongDigest_IsRefusedWithItsPlace()
    {
        var wrong = With(Output);
        wrong.OutputFiles[0].Digest.Hash = "abc";

        using var response = await _server.SendAsync("PUT", Path, wrong.ToByteArray());

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("\"out\"", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Put_AboveTheLimit_IsTooLarge()
    {
        var large = With(Output);
        large.StdoutRaw = ByteString.CopyFrom(new byte[ActionResults.MaxResult]);

        Assert.Equal(413, await PutAsync(large));
    }

    [Fact]
    public async Task Put_WithADigestHeaderThatIsNotTheBodys_StoresNothing()
    {
        using var response = await _server.SendAsync(
            "PUT",
            Path,
            Result.ToByteArray(),
            headers: ("Repr-Digest", $"sha-256=:{Convert.ToBase64String(new byte[32])}:"));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(404, await _server.StatusAsync("GET", Path));
    }

    [Theory]
    [InlineData("ro", 403, 200)]
    [InlineData("wo", 200, 403)]
    [InlineData("unknown", 401, 401)]
    public async Task Token_ThatMayNot_IsTold(string token, int write, int read)
    {
        await PutAsync(Result);

        Assert.Equal(write, await PutAsync(Result, token));
        Assert.Equal(read, await _server.StatusAsync("GET", Path, token: token));
    }

    [Theory]
    [InlineData("/ac/abc")]
    [InlineData($"/blobs/ac/{BazelPaths.Action}")]
    [InlineData($"/a//b/ac/{BazelPaths.Action}")]
    public async Task Key_ThatIsNone_IsRefused(string path)
    {
        Assert.Equal(400, await _server.StatusAsync("PUT", path, Result.ToByteArray()));
        Assert.Equal(400, await _server.StatusAsync("GET", path));
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip")]
    public async Task Put_InACoding_IsRefused(string coding)
    {
        using var response = await _server.SendAsync(
            "PUT", Path, Result.ToByteArray(), headers: ("Content-Encoding", coding));

        Assert.Equal(415, (int)response.StatusCode);
    }

    [Fact]
    public async Task Read_OfWhatIsKnown_SaysSo()
    {
        await PutAsync(Result);
        using var first = await _server.SendAsync("GET", Path);

        using var second = await _server.SendAsync("GET", Path, headers: ("If-None-Match", $"{first.Headers.ETag}"));

        Assert.Equal(304, (int)second.StatusCode);
    }

    private static ActionResult With(TestBlob output) => new()
    {
        OutputFiles = { new OutputFile { Path = "out", Digest = output.Message } },
        StdoutDigest = TestBlob.Empty.Message,
        ExecutionMetadata = new ExecutedActionMetadata { Worker = "here" },
    };

    private async Task PutBlobAsync(TestBlob blob) =>
        Assert.Equal(200, await _server.StatusAsync("PUT", $"/cas/{blob.Digest.Hash}", blob.Bytes));

    private Task<int> PutAsync(ActionResult result, string? token = null) =>
        _server.StatusAsync("PUT", Path, result.ToByteArray(), token);

    private async Task<ActionResult> GetAsync() =>
        ActionResult.Parser.ParseFrom(await _server.Client.GetByteArrayAsync(Path));
}
