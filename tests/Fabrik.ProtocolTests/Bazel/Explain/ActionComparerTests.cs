using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Wire.Protos.Bazel.V2;
using Xunit;
using Action = Fabrik.Wire.Protos.Bazel.V2.Action;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.ProtocolTests.Bazel.Explain;

/// <summary>What differs between two actions, as far as they are in the cache.</summary>
public sealed class ActionComparerTests : IAsyncLifetime
{
    private RemoteHost _host = null!;
    private RemoteClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RemoteHost.StartAsync();
        _client = _host.Connect();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Commands_ThatDiffer_AreComparedByArgumentAndVariable()
    {
        var first = await StoreAsync(Command(["gcc", "-O1", "-c", "a.c"], ("A", "1"), ("SAME", "x")), Tree("a"));
        var second = await StoreAsync(Command(["gcc", "-O2", "-g", "-c", "a.c"], ("B", "2"), ("SAME", "x")), Tree("a"));

        var compared = await CompareAsync(first, second);

        Assert.Equal(
            [
                new ActionDifference("argument", "2", "-O1", "-O2"),
                new ActionDifference("argument", "3", null, "-g"),
                new ActionDifference("environment", "A", "1", null),
                new ActionDifference("environment", "B", null, "2"),
            ],
            compared.Differences);
        Assert.Equal(2, compared.Unknown.Count);
    }

    [Fact]
    public async Task Inputs_ThatDiffer_AreNamedByPath()
    {
        var command = Command(["true"]);
        var first = await StoreAsync(command, Tree("one"));
        var second = await StoreAsync(command, Tree("two"));

        var difference = Assert.Single((await CompareAsync(first, second)).Differences);

        Assert.Equal(
            new ActionDifference(
                "input", "src/f", TestBlob.Of("one").Digest.ToString(), TestBlob.Of("two").Digest.ToString()),
            difference);
    }

    [Fact]
    public async Task Inputs_ThatAreNotThere_AreSaidToBeMissing()
    {
        var command = Command(["true"]);
        var first = await StoreAsync(command, Tree("one"));
        var second = await StoreAsync(command, Tree("two"));
        await _host.EvictAsync(Tree("two")[^1]);

        var compared = await CompareAsync(first, second);

        Assert.Equal("the root of the inputs (a folder)", Assert.Single(compared.Differences).Name);
        Assert.Contains(
            compared.Unknown,
            text => text.StartsWith("what is in the root of the inputs is not in the cache", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Results_ThatDiffer_AreComparedByOutput()
    {
        var (first, second) = (TestBlob.Of("first"), TestBlob.Of("second"));
        var (a, b) = (TestBlob.Of("a"), TestBlob.Of("b"));
        await _client.UploadAsync(a, b);
        await _client.UpdateActionAsync(first, Result(0, ("same", a), ("o", a)));
        await _client.UpdateActionAsync(second, Result(1, ("same", a), ("o", b)));

        var compared = await CompareAsync(first, second);

        Assert.Equal(
            [
                new ActionDifference("result", "exit_code", "0", "1"),
                new ActionDifference("output", "o", a.Digest.ToString(), b.Digest.ToString()),
            ],
            compared.Differences);
        Assert.Equal(
            [
                "the action's message is not in the cache for the first action",
                "the action's message is not in the cache for the second action",
            ],
            compared.Unknown,
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Differences_AboveTheLimit_AreCut()
    {
        var many = Enumerable.Range(0, ActionComparison.MaxDifferences + 1);
        var first = await StoreAsync(Command([.. many.Select(i => $"a{i}")]), Tree("x"));
        var second = await StoreAsync(Command([.. many.Select(i => $"b{i}")]), Tree("x"));

        var compared = await CompareAsync(first, second);

        Assert.True(compared.IsCut);
        Assert.Equal(ActionComparison.MaxDifferences, compared.Differences.Count);
    }

    private static ActionResult Result(int exitCode, params (string Path, TestBlob Blob)[] outputs) => new()
    {
        ExitCode = exitCode,
        OutputFiles =
        {
            outputs.Select(output => new OutputFile { Path = output.Path, Digest = output.Blob.Message }),
        },
    };

    private static TestBlob Command(string[] arguments, params (string Name, string Value)[] variables) =>
        TestBlob.Of(new Command
        {
            Arguments = { arguments },
            EnvironmentVariables =
            {
                variables.Select(variable => new Command.Types.EnvironmentVariable
                {
                    Name = variable.Name,
                    Value = variable.Value,
                }),
            },
        });

    // The root is the last.
    private static TestBlob[] Tree(string content)
    {
        var file = new FileNode { Name = "f", Digest = TestBlob.Of(content).Message };
        var folder = TestBlob.Of(new Directory { Files = { file } });
        var same = TestBlob.Of(new Directory());
        var root = TestBlob.Of(new Directory
        {
            Directories =
            {
                new DirectoryNode { Name = "same", Digest = same.Message },
                new DirectoryNode { Name = "src", Digest = folder.Message },
            },
        });
        return [folder, root];
    }

    private async Task<TestBlob> StoreAsync(TestBlob command, TestBlob[] tree)
    {
        var action = TestBlob.Of(new Action
        {
            CommandDigest = command.Message,
            InputRootDigest = tree[^1].Message,
        });
        await _client.UploadAsync([action, command, .. tree]);
        return action;
    }

    private async Task<ActionComparison> CompareAsync(TestBlob first, TestBlob second) =>
        (await _host.Explainer.CompareAsync(DigestOf(first), DigestOf(second), CancellationToken.None)).Value;

    private static ContentDigest DigestOf(TestBlob blob)
    {
        Assert.True(ContentDigest.TryParse(blob.Digest.Hash, out var digest));
        return digest;
    }
}
