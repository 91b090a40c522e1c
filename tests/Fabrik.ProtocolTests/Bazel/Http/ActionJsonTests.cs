using System.Text;
using System.Text.Json;
using Fabrik.ProtocolTests.Serving;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Http;

/// <summary>Results as JSON, for who asks for it or says that it is.</summary>
public sealed class ActionJsonTests : IAsyncLifetime
{
    private const string Path = $"/moon-outputs/ac/{BazelPaths.Action}";

    private static readonly TestBlob Output = TestBlob.Of("an output");

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.StatusAsync("PUT", BazelPaths.Of(Output.Bytes), Output.Bytes);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("""{"outputFiles":[{"path":"out","digest":{"hash":"HASH","sizeBytes":"9"}}],"exitCode":3}""")]
    [InlineData("""{"output_files":[{"path":"out","digest":{"hash":"HASH","size_bytes":9}}],"exit_code":3}""")]
    public async Task Json_ThatWasPut_IsReadInBothForms(string json)
    {
        Assert.Equal(200, await PutAsync(json));

        var result = ActionResult.Parser.ParseFrom(await _server.Client.GetByteArrayAsync(Path));
        using var asJson = await _server.SendAsync("GET", Path, headers: ("Accept", "application/json"));
        using var read = JsonDocument.Parse(await asJson.Content.ReadAsStringAsync());

        Assert.Equal((3, "out"), (result.ExitCode, result.OutputFiles[0].Path));
        Assert.Equal("application/json", asJson.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Accept", asJson.Headers.Vary.Single());
        Assert.Equal(3, read.RootElement.GetProperty("exitCode").GetInt32());
        var digest = read.RootElement.GetProperty("outputFiles")[0].GetProperty("digest");
        Assert.Equal(Output.Digest.Hash, digest.GetProperty("hash").GetString());
        Assert.Equal("9", digest.GetProperty("sizeBytes").GetString());
    }

    [Theory]
    [InlineData("*/*", false)]
    [InlineData("application/*", false)]
    [InlineData("text/html, application/json;q=0.5", true)]
    [InlineData("application/json;q=0", false)]
    [InlineData("nonsense,,", false)]
    public async Task Form_IsJson_OnlyIfItIsNamed(string accept, bool isJson)
    {
        await PutAsync("{}");

        using var response = await _server.SendAsync("GET", Path, headers: ("Accept", accept));

        Assert.Equal(isJson, response.Content.Headers.ContentType?.MediaType == "application/json");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"outputFiles":[{"path":"out"}]}""")]
    [InlineData("""{"files":[],"exit_code":0}""")]
    [InlineData("""{"exitCode":"x"}""")]
    [InlineData("""{"stdoutRaw":[1,2]}""")]
    [InlineData("""{"executionMetadata":{"auxiliaryMetadata":[{"@type":"a/b","x":1}]}}""")]
    [InlineData("""{"executionMetadata":{"queuedTimestamp":"yesterday"}}""")]
    [InlineData("\u00FF")]
    public async Task Json_OfSomethingElse_IsRefusedWithTheReason(string json)
    {
        using var response = await SendAsync(Encoding.Latin1.GetBytes(json));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("must be an ActionResult", await response.Content.ReadAsStringAsync());
        Assert.Equal(404, await _server.StatusAsync("GET", Path));
    }

    [Fact]
    public async Task Json_ThatIsDeep_IsRefused() =>
        Assert.Equal(400, await PutAsync(string.Concat(Enumerable.Repeat("""{"outputFiles":[""", 10_000))));

    [Fact]
    public async Task Metadata_OfUnknownTypes_IsLeftOutOfTheJsonAlone()
    {
        var result = new ActionResult { ExecutionMetadata = new ExecutedActionMetadata { Worker = "w" } };
        result.ExecutionMetadata.AuxiliaryMetadata.Add(new Any { TypeUrl = "a/b", Value = ByteString.CopyFrom(1) });
        await _server.StatusAsync("PUT", Path, result.ToByteArray());

        using var asJson = await _server.SendAsync("GET", Path, headers: ("Accept", "application/json"));

        Assert.Equal(200, (int)asJson.StatusCode);
        Assert.Equal(
            """{"executionMetadata":{"worker":"w"}}""",
            (await asJson.Content.ReadAsStringAsync()).Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(result, ActionResult.Parser.ParseFrom(await _server.Client.GetByteArrayAsync(Path)));
    }

    private async Task<int> PutAsync(string json)
    {
        var body = json.Replace("HASH", Output.Digest.Hash, StringComparison.Ordinal);
        using var response = await SendAsync(Encoding.UTF8.GetBytes(body));
        return (int)response.StatusCode;
    }

    private Task<HttpResponseMessage> SendAsync(byte[] body) =>
        _server.SendAsync("PUT", Path, body, headers: ("Content-Type", "application/json"));
}
