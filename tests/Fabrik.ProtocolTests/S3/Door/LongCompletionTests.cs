using System.Net;
using System.Text;
using System.Xml.Linq;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.S3;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.S3.Door;

/// <summary>A completion that takes long: the answer begins before it is known how it ends.</summary>
public sealed class LongCompletionTests : IAsyncLifetime
{
    private const string Target = "/fabrik/k";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TestClock _clock = new();
    private readonly TaskCompletionSource _hasBegun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private S3Host _host = null!;
    private HttpRequestMessage _request = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static ArtifactId Id => new ArtifactKey("", "", S3Call.Namespace, "fabrik/k").ToId();

    public async ValueTask InitializeAsync()
    {
        _host = await S3Host.StartAsync(time: _clock);
        var upload = await _host.Sdk().InitiateMultipartUploadAsync(S3Host.Bucket, "k", Ct);
        var target = $"{Target}?uploadId={upload.UploadId}";
        using var part = await _host.Client.PutAsync($"{target}&partNumber=1", new StringContent("part"), Ct);
        _request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Content = new StringContent(
                "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
                + $"<ETag>{part.Headers.ETag}</ETag></Part></CompleteMultipartUpload>"),
            Headers = { { "If-None-Match", "*" } },
        };
        _host.Tier.BeforeCommit = async () =>
        {
            _hasBegun.TrySetResult();
            await _mayEnd.Task;
        };
    }

    public async ValueTask DisposeAsync()
    {
        _request.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Completion_ThatTakesLong_KeepsTheConnectionAlive()
    {
        using var answer = await BeginAsync();
        Assert.Equal("application/xml", answer.Content.Headers.ContentType?.ToString());
        await using var stream = await answer.Content.ReadAsStreamAsync(Ct);
        using StreamReader reader = new(stream, Encoding.UTF8, false, bufferSize: 1);
        StringBuilder text = new();
        await ReadToAsync(reader, text, '>');
        Assert.StartsWith("<?xml", text.ToString(), StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(Patience);
            await ReadToAsync(reader, text, ' ');
        }

        _mayEnd.SetResult();
        text.Append(await reader.ReadToEndAsync(Ct));

        text.Replace("\n", "");
        Assert.Contains(">   <CompleteMultipartUploadResult", text.ToString(), StringComparison.Ordinal);
        Assert.Equal("k", Element(text.ToString(), "Key"));
        Assert.Equal("part", await _host.Client.GetStringAsync(Target, Ct));
        Assert.Equal(0, _clock.Timers);
    }

    [Fact]
    public async Task Completion_ThatFailsLate_SaysSoInItsDocument()
    {
        using var answer = await BeginAsync();
        _host.Tier.Set(Id, [1], new ArtifactMetadata { Tool = S3Call.Namespace });
        _mayEnd.SetResult();

        var text = await answer.Content.ReadAsStringAsync(Ct);

        Assert.Equal("Error", XDocument.Parse(text).Root!.Name.LocalName);
        Assert.Equal("PreconditionFailed", Element(text, "Code"));
        Assert.Equal(answer.Headers.GetValues("x-amz-request-id").Single(), Element(text, "RequestId"));
        using var again = await _host.Client.GetAsync("/fabrik?uploads", Ct);
        Assert.Contains("<Key>k</Key>", await again.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_ThatFailsSoon_HasItsStatus()
    {
        var sending = _host.Client.SendAsync(_request, HttpCompletionOption.ResponseHeadersRead, Ct);
        await _hasBegun.Task;
        _clock.Advance(Patience - TimeSpan.FromMilliseconds(1));
        _host.Tier.Set(Id, [1], new ArtifactMetadata { Tool = S3Call.Namespace });
        _mayEnd.SetResult();

        using var answer = await sending;

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
        Assert.Equal("PreconditionFailed", Element(await answer.Content.ReadAsStringAsync(Ct), "Code"));
    }

    // Sends the request, and lets as much time pass as begins the answer.
    private async Task<HttpResponseMessage> BeginAsync()
    {
        var sending = _host.Client.SendAsync(_request, HttpCompletionOption.ResponseHeadersRead, Ct);
        await _hasBegun.Task;
        Assert.False(sending.IsCompleted);
        _clock.Advance(Patience);
        var answer = await sending;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Null(answer.Content.Headers.ContentLength);
        return answer;
    }

    private static async Task ReadToAsync(StreamReader reader, StringBuilder text, char end)
    {
        var one = new char[1];
        do
        {
            Assert.Equal(1, await reader.ReadAsync(one, Ct));
            text.Append(one);
        }
        while (one[0] != end);
    }

    private static string Element(string text, string name) =>
        XDocument.Parse(text).Root!.Elements().Single(element => element.Name.LocalName == name).Value;
}
