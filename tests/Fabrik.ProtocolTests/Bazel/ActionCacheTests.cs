using Fabrik.Cache;
using Fabrik.Server.Adapters.Bazel;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>Results of actions: kept, given back, validated, with outputs in them.</summary>
public sealed class ActionCacheTests : IAsyncLifetime
{
    private static readonly TestBlob Action = TestBlob.Of("action");
    private static readonly TestBlob Output = TestBlob.Of("output");

    private RemoteHost _host = null!;
    private RemoteClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RemoteHost.StartAsync();
        _client = _host.Connect();
        _host.Set(Output);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Result_ThatWasStored_ComesBack()
    {
        var result = Naming(Output);
        result.OutputSymlinks.Add(new OutputSymlink { Path = "l", Target = "/absolute" });
        result.ExitCode = 3;

        Assert.Null(await _client.FindActionAsync(Action));
        Assert.Equal(result, await _client.UpdateActionAsync(Action, result));
        Assert.Equal(result, await _client.FindActionAsync(Action));
        Assert.Equal("bazel", _host.Tier.LastPut!.Metadata.Tool);
        Assert.Equal($"/{Action.Digest.Hash}", _host.Tier.LastPut.Metadata.Key);
    }

    [Fact]
    public async Task Instances_HaveResultsOfTheirOwn_AndBlobsInCommon()
    {
        await _client.UpdateActionAsync(Action, Naming(Output), "a/b");

        Assert.NotNull(await _client.FindActionAsync(Action, "a/b"));
        Assert.Null(await _client.FindActionAsync(Action, "a"));
        Assert.Null(await _client.FindActionAsync(Action));
    }

    [Fact]
    public async Task WriterThatMayNotOverwrite_KeepsTheFirstResult()
    {
        var writer = _host.Connect("rw");
        await writer.UpdateActionAsync(Action, Naming(Output));

        await writer.UpdateActionAsync(Action, new ActionResult { ExitCode = 1 });
        Assert.Equal(0, (await writer.FindActionAsync(Action))!.ExitCode);
        await _host.Connect("all").UpdateActionAsync(Action, new ActionResult { ExitCode = 2 });
        Assert.Equal(2, (await writer.FindActionAsync(Action))!.ExitCode);
    }

    [Fact]
    public async Task ResultThatIsNotServedAnyMore_IsReplaced_ByAnyWriter()
    {
        var writer = _host.Connect("rw");
        await writer.UpdateActionAsync(Action, Naming(Output));
        await _host.EvictAsync(Output);

        await writer.UpdateActionAsync(Action, new ActionResult { ExitCode = 1 });

        Assert.Equal(1, (await writer.FindActionAsync(Action))!.ExitCode);
    }

    [Fact]
    public async Task BytesThatAreNoResult_AreAMiss_AndReplaced()
    {
        var id = new ActionKey("", Action.Digest).IdIn("", "");
        _host.Tier.Set(id, [0xff, 0xff, 0xff], new() { Tool = "bazel" });
        var writer = _host.Connect("rw");

        Assert.Null(await writer.FindActionAsync(Action));
        await writer.UpdateActionAsync(Action, Naming(Output));
        Assert.NotNull(await writer.FindActionAsync(Action));
    }

    [Theory]
    [InlineData("output_files")]
    [InlineData("output_directories")]
    [InlineData("root_directory")]
    [InlineData("no directory digest")]
    [InlineData("stdout")]
    [InlineData("stderr")]
    public async Task ResultWithABadDigest_IsRefused_NamingThePath(string where)
    {
        var bad = new Digest { Hash = "abc", SizeBytes = 3 };
        var result = where switch
        {
            "output_files" => new ActionResult { OutputFiles = { new OutputFile { Path = "x/y", Digest = bad } } },
            "output_directories" => Naming(new OutputDirectory { Path = "x/y", TreeDigest = bad }),
            "root_directory" => Naming(new OutputDirectory
            {
                Path = "x/y",
                TreeDigest = Output.Message,
                RootDirectoryDigest = bad,
            }),
            "no directory digest" => Naming(new OutputDirectory { Path = "x/y" }),
            "stdout" => new ActionResult { StdoutDigest = bad },
            _ => new ActionResult { StderrDigest = bad },
        };

        var status = await _client.FailAsync(
            RemoteMethods.UpdateActionResult,
            new UpdateActionResultRequest { ActionDigest = Action.Message, ActionResult = result });

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        var path = where.StartsWith("std", StringComparison.Ordinal) ? where : "x/y";
        Assert.Contains(path, status.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _host.Tier.Puts);
    }

    [Fact]
    public async Task Update_WithoutResultOrAction_IsRefused()
    {
        var noResult = await _client.FailAsync(
            RemoteMethods.UpdateActionResult, new UpdateActionResultRequest { ActionDigest = Action.Message });
        var noAction = await _client.FailAsync(
            RemoteMethods.UpdateActionResult, new UpdateActionResultRequest { ActionResult = new ActionResult() });

        Assert.Equal(
            (StatusCode.InvalidArgument, StatusCode.InvalidArgument), (noResult.StatusCode, noAction.StatusCode));
    }

    [Fact]
    public async Task Outputs_AreInlined_WhereThatIsAskedFor()
    {
        var (stdout, stderr, other) = (TestBlob.Of("out"), TestBlob.Of("err"), TestBlob.Of("other"));
        await _client.UploadAsync(stdout, stderr, other);
        var result = Naming(Output, other);
        (result.StdoutDigest, result.StderrDigest) = (stdout.Message, stderr.Message);
        await _client.UpdateActionAsync(Action, result);

        var plain = await _client.FindActionAsync(Action);
        var full = await _client.FindActionAsync(Action, change: request =>
        {
            (request.InlineStdout, request.InlineStderr) = (true, true);
            request.InlineOutputFiles.Add(["o1", "unknown"]);
        });

        Assert.Equal(result, plain);
        Assert.Equal(("out", "err"), (full!.StdoutRaw.ToStringUtf8(), full.StderrRaw.ToStringUtf8()));
        Assert.Equal([0, 5], full.OutputFiles.Select(file => file.Contents.Length));
    }

    [Fact]
    public async Task Outputs_AboveTheLimitTogether_AreLeftOut()
    {
        var (first, second, small) = (TestBlob.Random(700_000), TestBlob.Random(700_001), TestBlob.Of("small"));
        await _client.UploadAsync(first, second, small);
        await _client.UpdateActionAsync(Action, Naming(first, second, small));

        var found = await _client.FindActionAsync(
            Action, change: request => request.InlineOutputFiles.Add(["o0", "o1", "o2"]));

        Assert.Equal([700_000, 0, 5], found!.OutputFiles.Select(file => file.Contents.Length));
    }

    [Fact]
    public async Task Contents_ThatAClientInlined_BecomeABlob()
    {
        var sent = TestBlob.Of("sent within");
        var result = Naming(sent);
        result.OutputFiles[0].Contents = ByteString.CopyFrom(sent.Bytes);
        await _client.UpdateActionAsync(Action, result);

        Assert.Equal(Naming(sent), await _client.FindActionAsync(Action));
        Assert.Empty(await _client.FindMissingAsync(sent));
    }

    [Fact]
    public async Task Contents_OfAnotherDigest_AreRefused()
    {
        var result = Naming(Output);
        result.OutputFiles[0].Contents = ByteString.CopyFromUtf8("outpux");

        var status = await _client.FailAsync(
            RemoteMethods.UpdateActionResult,
            new UpdateActionResultRequest { ActionDigest = Action.Message, ActionResult = result });

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Null(await _client.FindActionAsync(Action));
    }

    [Theory]
    [InlineData(CacheErrorKind.StorageFull, StatusCode.ResourceExhausted)]
    [InlineData(CacheErrorKind.Unavailable, StatusCode.Unavailable)]
    public async Task FailingStore_IsTold(CacheErrorKind kind, StatusCode expected)
    {
        _host.Tier.Fault.SetAll(kind);

        var read = await _client.FailAsync(
            RemoteMethods.GetActionResult, new GetActionResultRequest { ActionDigest = Action.Message });
        var written = await _client.FailAsync(
            RemoteMethods.UpdateActionResult,
            new UpdateActionResultRequest { ActionDigest = Action.Message, ActionResult = new ActionResult() });

        Assert.Equal((expected, expected), (read.StatusCode, written.StatusCode));
    }

    private static ActionResult Naming(params TestBlob[] outputs) => new()
    {
        OutputFiles = { outputs.Select((output, i) => new OutputFile { Path = $"o{i}", Digest = output.Message }) },
    };

    private static ActionResult Naming(OutputDirectory output) => new() { OutputDirectories = { output } };
}
