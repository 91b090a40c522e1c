using System.Net;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.S3;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.S3.Door;

/// <summary>Conditional writes are compare-and-swap: of writers that race, one wins.</summary>
public sealed class WriteConditionTests : IAsyncLifetime
{
    private const int Writers = 32;
    private const string Target = "/fabrik/k";

    private S3Host _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static ArtifactId Id => new ArtifactKey("", "", S3Call.Namespace, "fabrik/k").ToId();

    public async ValueTask InitializeAsync() => _host = await S3Host.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("If-None-Match", false)]
    [InlineData("If-Match", true)]
    public async Task Puts_WithOneCondition_AreOneThatWins(string condition, bool isThere)
    {
        var tag = isThere ? await StoreAsync("old") : "*";
        Crowd crowd = new(Writers);
        _host.Tier.BeforeCommit = crowd.MeetAsync;

        var answers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer =>
            SendAsync(HttpMethod.Put, $"by {writer}", (condition, tag))));

        var winner = Assert.Single(
            Enumerable.Range(0, Writers), writer => answers[writer].Status == HttpStatusCode.OK);
        Assert.Equal($"by {winner}", (await SendAsync(HttpMethod.Get)).Body);
        var others = answers.Where(static answer => answer.Status != HttpStatusCode.OK).ToList();
        Assert.All(others, static answer => Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status));
        Assert.All(
            others,
            static answer => Assert.Contains("<Code>PreconditionFailed</Code>", answer.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Put_OfWhatIsDeletedMeanwhile_IsToBeSentAgain()
    {
        var tag = await StoreAsync("old");
        _host.Tier.BeforeCommit = async () => await _host.Tier.DeleteAsync(Id, default);

        var answer = await SendAsync(HttpMethod.Put, "new", ("If-Match", tag));

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("<Code>ConditionalRequestConflict</Code>", answer.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Put, "new", ("If-Match", tag))).Status);
    }

    [Fact]
    public async Task Copy_OverWhatCameMeanwhile_Fails()
    {
        await StoreAsync("source", "/fabrik/source");
        _host.Tier.BeforeCommit = Once(() => StoreAsync("first"));

        var answer = await SendAsync(
            HttpMethod.Put, "", ("If-None-Match", "*"), ("x-amz-copy-source", "/fabrik/source"));

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status);
        Assert.Equal("first", (await SendAsync(HttpMethod.Get)).Body);
    }

    [Fact]
    public async Task Completion_OverWhatCameMeanwhile_FailsAndKeepsTheUpload()
    {
        var client = _host.Sdk();
        var upload = await client.InitiateMultipartUploadAsync(S3Host.Bucket, "k", Ct);
        var query = $"?uploadId={upload.UploadId}";
        var part = await _host.SendAsync("PUT", $"{Target}{query}&partNumber=1", "part");
        var document = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
            + $"<ETag>{part.Find("ETag")}</ETag></Part></CompleteMultipartUpload>";
        _host.Tier.BeforeCommit = Once(() => StoreAsync("first"));

        var late = await _host.SendAsync("POST", Target + query, document, "If-None-Match: *");
        Assert.Equal(412, late.Status);
        Assert.Equal("first", (await SendAsync(HttpMethod.Get)).Body);

        var tag = (await _host.SendAsync("GET", Target)).Find("ETag");
        Assert.Equal(200, (await _host.SendAsync("POST", Target + query, document, $"If-Match: {tag}")).Status);
        Assert.Equal("part", (await SendAsync(HttpMethod.Get)).Body);
    }

    [Fact]
    public async Task Delete_OfAnotherObject_KeepsIt()
    {
        var tag = await StoreAsync("old");

        var other = await SendAsync(HttpMethod.Delete, null, ("If-Match", "\"x\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, other.Status);
        Assert.Equal("old", (await SendAsync(HttpMethod.Get)).Body);
        Assert.Equal(
            HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, null, ("If-Match", tag))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get)).Status);
    }

    private static Func<ValueTask> Once(Func<Task> action)
    {
        var isDone = false;
        return async () =>
        {
            if (!isDone)
            {
                isDone = true;
                await action();
            }
        };
    }

    private async Task<string> StoreAsync(string body, string target = Target)
    {
        using var stored = await _host.Client.PutAsync(target, new StringContent(body), Ct);
        Assert.Equal(HttpStatusCode.OK, stored.StatusCode);
        return stored.Headers.ETag!.Tag;
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(
        HttpMethod method, string? body = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, Target);
        request.Content = body is null ? null : new StringContent(body);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await _host.Client.SendAsync(request, Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}
