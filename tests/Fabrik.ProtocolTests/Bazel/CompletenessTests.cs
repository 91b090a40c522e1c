using Fabrik.Cache;
using Fabrik.Server.Adapters.Bazel;
using Fabrik.Server.Auth;
using Fabrik.Testing;
using Fabrik.Wire.Protos.Bazel.V2;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>A result is served only while everything that it names is there.</summary>
public sealed class CompletenessTests : IAsyncLifetime
{
    private static readonly TestBlob Action = TestBlob.Of("action");
    private static readonly Dictionary<string, TestBlob> Blobs = MakeBlobs();

    private RemoteHost _host = null!;
    private RemoteClient _client = null!;

    /// <summary>Every kind of reference.</summary>
    public static TheoryData<string> Kinds => [.. Blobs.Keys];

    public async ValueTask InitializeAsync()
    {
        _host = await RemoteHost.StartAsync();
        _client = _host.Connect();
        foreach (var blob in Blobs.Values)
        {
            _host.Set(blob);
        }

        await _client.UpdateActionAsync(Action, Result());
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(ArtifactForm.Memory)]
    [InlineData(ArtifactForm.File)]
    [InlineData(ArtifactForm.Copied)]
    public async Task CompleteResult_IsServed_AndAllLeasesExtended_InTwoQuestions(ArtifactForm form)
    {
        _host.Tier.Form = form;

        Assert.Equal(Result(), await _client.FindActionAsync(Action));

        Assert.Equal(2, _host.Asked.Questions.Count);
        var expected = Blobs.Values.Select(blob => BlobSpace.IdOf(CachePrincipal.Anonymous, blob.Digest));
        Assert.Empty(expected.Except(_host.Asked.Questions.SelectMany(ids => ids)));
        Assert.Equal(0, _host.Incomplete);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ResultWithoutOneOfItsBlobs_IsAMiss_UntilThatIsBack(string kind)
    {
        await _host.EvictAsync(Blobs[kind]);

        Assert.Null(await _client.FindActionAsync(Action));
        Assert.Equal(1, _host.Incomplete);

        _host.Set(Blobs[kind]);
        Assert.NotNull(await _client.FindActionAsync(Action));
        Assert.Equal(1, _host.Incomplete);
    }

    [Theory]
    [InlineData("no tree", ArtifactForm.Memory)]
    [InlineData("no tree", ArtifactForm.Copied)]
    [InlineData("cut", ArtifactForm.Memory)]
    [InlineData("cut", ArtifactForm.Copied)]
    [InlineData("behind", ArtifactForm.Copied)]
    [InlineData("bad file", ArtifactForm.Memory)]
    [InlineData("bad file", ArtifactForm.Copied)]
    public async Task TreeThatIsNone_MakesTheResultIncomplete(string kind, ArtifactForm form)
    {
        var good = Blobs["tree"].Bytes;
        var tree = kind switch
        {
            "no tree" => TestBlob.Of("no tree"),
            "cut" => new TestBlob(good[..^1]),
            "behind" => new TestBlob([.. good, 0x0a]),
            _ => TestBlob.Of(new Tree
            {
                Root = new() { Files = { new FileNode { Name = "f", Digest = new Digest { Hash = "abc" } } } },
            }),
        };
        _host.Set(tree);
        _host.Tier.Form = form;
        await _client.UpdateActionAsync(Action, Naming(tree));

        Assert.Null(await _client.FindActionAsync(Action));
        Assert.Equal(1, _host.Incomplete);
    }

    [Theory]
    [InlineData(ArtifactForm.Memory)]
    [InlineData(ArtifactForm.Copied)]
    public async Task LargeTree_IsReadToItsEnd(ArtifactForm form)
    {
        _host.Tier.Form = form;
        var last = TestBlob.Of("last");
        var tree = new Tree { Root = TestTree.Folder() };
        for (var i = 0; i < 200; i++)
        {
            tree.Children.Add(TestTree.Folder([.. Enumerable.Repeat(Blobs["file in a tree"], 1000)]));
        }

        tree.Children.Add(TestTree.Folder([last]));
        var blob = TestBlob.Of(tree);
        _host.Set(blob);
        await _client.UpdateActionAsync(Action, Naming(blob));

        Assert.Null(await _client.FindActionAsync(Action));
        _host.Set(last);
        Assert.NotNull(await _client.FindActionAsync(Action));
    }

    [Fact]
    public async Task DamagedTree_MakesTheResultIncomplete()
    {
        _host.Tier.Form = ArtifactForm.Copied;
        await _client.UpdateActionAsync(Action, Naming(LongTree()));
        _host.Tier.DamagedAfter = 5000;

        Assert.Null(await _client.FindActionAsync(Action));
    }

    [Fact]
    public async Task EmptyBlobs_AreAlwaysThere()
    {
        await _client.UpdateActionAsync(Action, new ActionResult
        {
            OutputFiles = { new OutputFile { Path = "o", Digest = TestBlob.Empty.Message } },
            StdoutDigest = TestBlob.Empty.Message,
            StderrDigest = new Digest(),
            OutputDirectories = { new OutputDirectory { Path = "d", RootDirectoryDigest = TestBlob.Empty.Message } },
        });

        Assert.NotNull(await _client.FindActionAsync(Action));
        Assert.DoesNotContain(_host.Asked.Questions, ids => ids.Length > 0);
    }

    [Fact]
    public async Task QuestionThatFails_EndsTheCall_RatherThanServeWhatMayBeIncomplete()
    {
        _host.Tier.Fault.Contains = CacheErrorKind.Unavailable;

        await Assert.ThrowsAsync<Fabrik.Wire.Grpc.RpcException>(() => _client.FindActionAsync(Action));
    }

    private TestBlob LongTree()
    {
        var tree = new Tree { Root = TestTree.Folder() };
        for (var i = 0; i < 100; i++)
        {
            tree.Children.Add(TestTree.Folder([Blobs["file in a tree"]]));
        }

        var blob = TestBlob.Of(tree);
        _host.Set(blob);
        return blob;
    }

    private static ActionResult Naming(TestBlob tree) => new()
    {
        OutputDirectories = { new OutputDirectory { Path = "d", TreeDigest = tree.Message } },
    };

    private static Dictionary<string, TestBlob> MakeBlobs()
    {
        string[] names = ["output", "second output", "stdout", "stderr", "file in a tree", "file in a child of a tree",
            "file in a folder", "file in a folder below"];
        var blobs = names.ToDictionary(name => name, TestBlob.Of, StringComparer.Ordinal);
        blobs["tree"] = TestBlob.Of(new Tree
        {
            Root = TestTree.Folder([blobs["file in a tree"]]),
            Children = { TestTree.Folder([blobs["file in a child of a tree"]]) },
        });
        blobs["folder below"] = TestBlob.Of(TestTree.Folder([blobs["file in a folder below"]]));
        blobs["folder"] = TestBlob.Of(TestTree.Folder([blobs["file in a folder"]], blobs["folder below"]));
        return blobs;
    }

    private static ActionResult Result() => new()
    {
        OutputFiles =
        {
            new OutputFile { Path = "o", Digest = Blobs["output"].Message },
            new OutputFile { Path = "p", Digest = Blobs["second output"].Message },
        },
        StdoutDigest = Blobs["stdout"].Message,
        StderrDigest = Blobs["stderr"].Message,
        OutputDirectories =
        {
            new OutputDirectory { Path = "d", TreeDigest = Blobs["tree"].Message },
            new OutputDirectory { Path = "e", RootDirectoryDigest = Blobs["folder"].Message },
        },
    };
}
