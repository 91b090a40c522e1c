using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>Who may do what, and whose results and blobs are whose.</summary>
public sealed class RemoteAccessTests : IAsyncLifetime
{
    private static readonly TestBlob Action = TestBlob.Of("action");
    private static readonly TestBlob Blob = TestBlob.Of("blob");

    private RemoteHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RemoteHost.StartAsync();
        _host.Authenticator.Open = false;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated, StatusCode.Unauthenticated)]
    [InlineData("bad", StatusCode.Unauthenticated, StatusCode.Unauthenticated)]
    [InlineData("ro", null, StatusCode.PermissionDenied)]
    [InlineData("wo", StatusCode.PermissionDenied, null)]
    [InlineData("rw", null, null)]
    public async Task Token_AllowsWhatItHolds(string? token, StatusCode? reads, StatusCode? writes)
    {
        _host.Set(Blob);
        await _host.Connect("rw").UpdateActionAsync(Action, new ActionResult());
        var client = _host.Connect(token);

        Assert.Equal(reads, await TryAsync(() => client.FindMissingAsync(Blob)));
        Assert.Equal(reads, await TryAsync(() => client.ReadAsync(Blob.Message)));
        Assert.Equal(reads, await TryAsync(() => client.FindActionAsync(Action)));
        Assert.Equal(
            reads, await TryAsync(() => client.TreeAsync(new GetTreeRequest { RootDigest = TestBlob.Empty.Message })));
        Assert.Equal(writes, await TryAsync(() => client.UploadAsync(Blob)));
        Assert.Equal(writes, await TryAsync(() => client.UpdateActionAsync(Action, new ActionResult())));
    }

    [Fact]
    public async Task Tenants_SeeNothingOfEachOther()
    {
        var (one, two) = (_host.Connect("tenant:one"), _host.Connect("tenant:two"));
        await one.UploadAsync(Blob);
        await one.UpdateActionAsync(Action, Naming(Blob));

        Assert.NotNull(await one.FindActionAsync(Action));
        Assert.Null(await two.FindActionAsync(Action));
        Assert.Single(await two.FindMissingAsync(Blob));
        Assert.Equal((int)StatusCode.NotFound, (await two.ReadAsync(Blob.Message))[0].Status.Code);
    }

    [Fact]
    public async Task Scopes_HaveResultsOfTheirOwn_AndBlobsInCommon()
    {
        var (main, branch) = (_host.Connect("scope:main"), _host.Connect("scope:branch,main"));
        await branch.UploadAsync(Blob);
        await branch.UpdateActionAsync(Action, Naming(Blob));

        Assert.Null(await main.FindActionAsync(Action));
        Assert.Empty(await main.FindMissingAsync(Blob));
        await main.UpdateActionAsync(Action, new ActionResult { ExitCode = 1 });
        Assert.Equal(1, (await main.FindActionAsync(Action))!.ExitCode);
        Assert.Equal(0, (await branch.FindActionAsync(Action))!.ExitCode);
    }

    [Fact]
    public async Task IncompleteResultOfABranch_GivesWayToTheOneItCameFrom()
    {
        var (main, branch) = (_host.Connect("scope:main"), _host.Connect("scope:branch,main"));
        await main.UpdateActionAsync(Action, new ActionResult { ExitCode = 1 });
        await branch.UpdateActionAsync(Action, Naming(Blob));

        Assert.Equal(1, (await branch.FindActionAsync(Action))!.ExitCode);
        Assert.Equal(1, _host.Incomplete);
    }

    private static ActionResult Naming(TestBlob blob) => new()
    {
        OutputFiles = { new OutputFile { Path = "o", Digest = blob.Message } },
    };

    private static async Task<StatusCode?> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (RpcException failure)
        {
            return failure.StatusCode;
        }
    }
}
