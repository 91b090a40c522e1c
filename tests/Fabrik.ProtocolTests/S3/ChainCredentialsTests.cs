using System.Globalization;
using Fabrik.Testing;
using Fabrik.Upstreams.S3;
using Fabrik.Wire.S3.Signing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.ProtocolTests.S3;

/// <summary>Credentials that AWS's tools find, from a container's endpoint, and their renewal.</summary>
[Collection(nameof(ChainCredentialsTests))]
[CollectionDefinition(nameof(ChainCredentialsTests), DisableParallelization = true)]
public sealed class ChainCredentialsTests : IDisposable
{
    private const string Token = "token-of-the-container";

    private readonly Dictionary<string, string?> _before = new(StringComparer.Ordinal);
    private readonly TestClock _clock = new();
    private readonly List<string> _failures = [];

    [Fact]
    public async Task Container_ThatAsksForItsToken_GivesCredentials()
    {
        List<string> tokens = [];
        await using var app = await ContainerAsync(tokens);
        Set("AWS_ACCESS_KEY_ID", null);
        Set("AWS_SECRET_ACCESS_KEY", null);
        Set("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials");
        Set("AWS_CONFIG_FILE", "/nonexistent/config");
        Set("AWS_EC2_METADATA_DISABLED", "true");
        Set("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{app.Urls.Single()}/credentials");
        Set("AWS_CONTAINER_AUTHORIZATION_TOKEN", Token);
        await using var chain = new ChainCredentials(TimeProvider.System, _failures.Add);
        var found = await chain.GetAsync(CancellationToken.None);
        Assert.Equal(("ASIACONTAINER", "hush", "session"), (found!.AccessKeyId, found.Secret, found.SessionToken));
        Assert.All(tokens, token => Assert.Equal(Token, token));
        Assert.NotEmpty(tokens);
        Assert.Empty(_failures);
    }

    [Fact]
    public async Task Renewal_ThatFails_KeepsWhatThereIs_AndIsTriedAgain()
    {
        var round = 0;
        await using var chain = new ChainCredentials(_clock, _failures.Add, () => ++round == 2
            ? Task.FromException<SigningCredentials>(new IOException("away"))
            : Task.FromResult(Credentials(round)));
        Assert.Equal("key 1", (await chain.GetAsync(CancellationToken.None))!.AccessKeyId);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(() => _failures.Count == 1);
        Assert.Equal("key 1", (await chain.GetAsync(CancellationToken.None))!.AccessKeyId);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(() =>
            chain.GetAsync(CancellationToken.None).AsTask() is { Result.AccessKeyId: "key 3" });
        Assert.Equal(["away"], _failures, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Search_ThatFailed_IsTheAnswerForAWhile()
    {
        var round = 0;
        await using var chain = new ChainCredentials(_clock, _failures.Add, () => ++round == 1
            ? Task.FromException<SigningCredentials>(new IOException("nothing"))
            : Task.FromResult(Credentials(round)));
        await Assert.ThrowsAsync<IOException>(async () => await chain.GetAsync(CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(async () => await chain.GetAsync(CancellationToken.None));
        Assert.Equal(1, round);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("key 2", (await chain.GetAsync(CancellationToken.None))!.AccessKeyId);
    }

    [Fact]
    public async Task Requests_ThatComeTogether_AreOneSearch()
    {
        var round = 0;
        var found = new TaskCompletionSource<SigningCredentials>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var chain = new ChainCredentials(_clock, _failures.Add, () =>
        {
            round++;
            return found.Task;
        });
        var asked = Enumerable.Range(0, 20).Select(_ => chain.GetAsync(CancellationToken.None).AsTask()).ToArray();
        found.SetResult(Credentials(1));
        Assert.All(await Task.WhenAll(asked), each => Assert.Equal("key 1", each!.AccessKeyId));
        Assert.Equal(1, round);
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    private static SigningCredentials Credentials(int round) =>
        new(string.Create(CultureInfo.InvariantCulture, $"key {round}"), "secret", null);

    private static async Task<WebApplication> ContainerAsync(List<string> tokens)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(http =>
        {
            tokens.Add(http.Request.Headers.Authorization.ToString());
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync($$"""
                {"AccessKeyId":"ASIACONTAINER","SecretAccessKey":"hush","Token":"session",
                 "Expiration":"{{TimeProvider.System.GetUtcNow().AddHours(1):yyyy-MM-dd'T'HH:mm:ss'Z'}}"}
                """);
        });
        await app.StartAsync();
        return app;
    }

    private void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }
}
