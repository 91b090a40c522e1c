using Fabrik.Server.Auth;
using Fabrik.Testing;
using Fabrik.UnitTests.Settings;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth;

/// <summary>Authentication with a clock that stands still, a folder for keys, and all that it logs.</summary>
internal sealed class AuthFixture : IAsyncDisposable
{
    private readonly List<Authentication> _made = [];

    /// <summary>Where the clock starts, in seconds since 1970.</summary>
    public static long Start { get; } = new TestClock().GetUtcNow().ToUnixTimeSeconds();

    public TestClock Clock { get; } = new();

    public TemporaryFolder Folder { get; } = new();

    public LogCapture Logs { get; } = new();

    /// <summary>Both test keys, in PEM and without names.</summary>
    public static AuthOptions Options { get; } = new()
    {
        PublicKey = $"{TestKeys.Pem(TestKeys.Rsa)}\n{TestKeys.Pem(TestKeys.Ec)}",
    };

    public async Task<Authentication> CreateAsync(AuthOptions options)
    {
        var result = await Authentication.CreateAsync(
            options, new AuthServices(Clock, Logs), TestContext.Current.CancellationToken);
        Assert.True(result.TryGet(out var authentication), string.Join('\n', result.Errors));
        _made.Add(authentication);
        return authentication;
    }

    public async Task<IReadOnlyList<string>> ErrorsAsync(AuthOptions options)
    {
        var result = await Authentication.CreateAsync(
            options, new AuthServices(Clock, Logs), TestContext.Current.CancellationToken);
        Assert.False(result.TryGet(out _), "expected errors");
        return result.Errors;
    }

    /// <summary>Decides on one token under the options, the test keys by default.</summary>
    public async Task<AuthOutcome> DecideAsync(string token, AuthOptions? options = null) =>
        (await CreateAsync(options ?? Options)).Authenticate(Bearer(token));

    public static HttpRequest Bearer(string token) => Request($"Bearer {token}");

    /// <summary>A request with these Authorization headers.</summary>
    public static HttpRequest Request(params string[] authorization)
    {
        DefaultHttpContext context = new();
        context.Request.Headers.Authorization = authorization;
        return context.Request;
    }

    /// <summary>A request with this query, from the question mark on.</summary>
    public static HttpRequest Query(string query, params string[] authorization)
    {
        var request = Request(authorization);
        request.QueryString = new QueryString(query);
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var authentication in _made)
        {
            await authentication.DisposeAsync();
        }

        Folder.Dispose();
    }
}
