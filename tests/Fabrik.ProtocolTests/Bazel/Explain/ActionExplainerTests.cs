using Fabrik.Cache;
using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;
using Action = Fabrik.Wire.Protos.Bazel.V2.Action;

namespace Fabrik.ProtocolTests.Bazel.Explain;

/// <summary>Questions for results are written down as they ended, and explained.</summary>
public sealed class ActionExplainerTests : IAsyncLifetime
{
    private static readonly TestBlob Command = TestBlob.Of(new Command { Arguments = { "gcc", "-c", "a.c" } });
    private static readonly TestBlob Action = TestBlob.Of(new Action
    {
        CommandDigest = Command.Message,
        InputRootDigest = TestBlob.Of("root").Message,
    });

    private static readonly TestBlob Output = TestBlob.Of("output");

    private RemoteHost _host = null!;
    private RemoteClient _client = null!;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await RemoteHost.StartAsync();
        _client = _host.Connect();
        _client.Headers.Add(RemoteMethods.RequestMetadataField, new RequestMetadata
        {
            TargetId = "//app:main",
            ActionMnemonic = "CppCompile",
            ToolInvocationId = "run",
            ConfigurationId = "k8",
        }.ToByteArray());
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Lookups_AreWrittenDown_AsTheyEnded()
    {
        await _client.FindActionAsync(Action, "app");
        await _client.UploadAsync(Output);
        await _client.UpdateActionAsync(Action, Naming(Output), "app");
        await _client.FindActionAsync(Action, "app");
        await _host.EvictAsync(Output);
        await _client.FindActionAsync(Action, "app");

        var report = await ExplainAsync(new LookupFilter { Target = "//app:main" });

        Assert.Equal(
            [LookupOutcome.Incomplete, LookupOutcome.Hit, LookupOutcome.Stored, LookupOutcome.Miss],
            report.Lookups.Select(lookup => lookup.Outcome));
        Assert.Equal(
            new ActionLookup
            {
                At = report.Lookups[0].At,
                Action = Action.Digest.Hash,
                Outcome = LookupOutcome.Incomplete,
                Detail = "out/a.o",
                Instance = "app",
                Tenant = "",
                Scope = "",
                Subject = report.Lookups[0].Subject,
                Target = "//app:main",
                Mnemonic = "CppCompile",
                Configuration = "k8",
                Invocation = "run",
            },
            report.Lookups[0]);
        Assert.Equal(1, _host.Incomplete);
    }

    [Fact]
    public async Task ResultThatIsKept_IsWrittenDown_WithWhoSentIt()
    {
        var writer = _host.Connect("rw");
        await writer.UpdateActionAsync(Action, new ActionResult());
        await writer.UpdateActionAsync(Action, new ActionResult { ExitCode = 1 });

        var report = await ExplainAsync(Filter());

        Assert.Equal([LookupOutcome.Kept, LookupOutcome.Stored], report.Lookups.Select(lookup => lookup.Outcome));
        Assert.Equal("test", report.Lookups[0].Subject);
        Assert.Equal("", report.Lookups[0].Target);
    }

    [Fact]
    public async Task FailingStore_IsWrittenDown_WithTheKind()
    {
        _host.Tier.Fault.SetAll(CacheErrorKind.Unavailable);
        await _client.FailAsync(
            RemoteMethods.GetActionResult, new GetActionResultRequest { ActionDigest = Action.Message });
        _host.Tier.Fault.SetAll(null);

        var lookup = Assert.Single((await ExplainAsync(Filter())).Lookups);

        Assert.Equal((LookupOutcome.Failed, "unavailable"), (lookup.Outcome, lookup.Detail));
    }

    [Fact]
    public async Task Explaining_LooksAtWhatIsStored_AndIsNotWrittenDown()
    {
        await _client.UploadAsync(Output, Action, Command);
        await _client.UpdateActionAsync(Action, Naming(Output), "app");

        var report = await ExplainAsync(Filter());
        await _host.EvictAsync(Output);
        var after = await ExplainAsync(Filter());

        var stored = Assert.Single(report.Results);
        Assert.Equal((LookupOutcome.Hit, "app", 1), (stored.Outcome, stored.Instance, stored.Outputs));
        Assert.Equal(["gcc", "-c", "a.c"], report.Description!.Arguments);
        Assert.Equal(TestBlob.Of("root").Digest.ToString(), report.Description.InputRoot);
        Assert.Equal(
            (LookupOutcome.Incomplete, "out/a.o"),
            (Assert.Single(after.Results).Outcome, after.Results[0].Missing));
        Assert.Equal(1, _host.Actions.Count);
    }

    [Fact]
    public async Task ActionThatNobodyAskedFor_IsUnknown()
    {
        var report = await ExplainAsync(Filter());

        Assert.Empty(report.Lookups);
        Assert.Empty(report.Results);
        Assert.False(report.Description!.HasAction);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RequestMetadata_ThatIsNone_ChangesNothing(bool isLong)
    {
        var client = _host.Connect();
        client.Headers.Add(RemoteMethods.RequestMetadataField, isLong ? new byte[9000] : [0xff, 0xff]);

        Assert.Null(await client.FindActionAsync(Action));

        var lookup = Assert.Single((await ExplainAsync(Filter())).Lookups);
        Assert.Equal((LookupOutcome.Miss, ""), (lookup.Outcome, lookup.Target));
    }

    [Fact]
    public async Task Statistics_CountByTargetKindAndRun()
    {
        await _client.FindActionAsync(Action);
        await _client.UpdateActionAsync(Action, new ActionResult());
        await _client.FindActionAsync(Action);

        var statistics = _host.Explainer.Statistics();

        var expected = new LookupCounts { Name = "CppCompile", Hits = 1, Misses = 1, Stored = 1 };
        Assert.Equal(expected, Assert.Single(statistics.Mnemonics));
        Assert.Equal(expected with { Name = "//app:main" }, Assert.Single(statistics.Targets));
        Assert.Equal(expected with { Name = "run" }, Assert.Single(statistics.Invocations).Counts);
    }

    private static LookupFilter Filter() => new()
    {
        Action = Cache.Artifacts.ContentDigest.TryParse(Action.Digest.Hash, out var action) ? action : null,
    };

    private static ActionResult Naming(TestBlob output) =>
        new() { OutputFiles = { new OutputFile { Path = "out/a.o", Digest = output.Message } } };

    private async Task<ExplainReport> ExplainAsync(LookupFilter filter) =>
        (await _host.Explainer.ExplainAsync(filter, Ended)).Value;
}
