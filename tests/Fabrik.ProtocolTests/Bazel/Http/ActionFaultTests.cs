using Fabrik.Cache;
using Fabrik.ProtocolTests.Serving;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Http;

/// <summary>Every kind of fault of results: a read is a miss, and the action is run.</summary>
public sealed class ActionFaultTests : IAsyncLifetime
{
    private const string Path = $"/ac/{BazelPaths.Action}";

    private static readonly TestBlob Output = TestBlob.Of("an output");

    private static readonly byte[] Result = new ActionResult
    {
        OutputFiles = { new OutputFile { Path = "out", Digest = Output.Message } },
    }.ToByteArray();

    private RunningServer _server = null!;

    public static TheoryData<CacheErrorKind> Kinds => [.. Enum.GetValues<CacheErrorKind>()];

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.StatusAsync("PUT", BazelPaths.Of(Output.Bytes), Output.Bytes);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Read_WithAFault_IsAMiss(CacheErrorKind kind)
    {
        Assert.Equal(200, await _server.StatusAsync("PUT", Path, Result));
        _server.Tier.Fault.SetAll(kind);

        Assert.Equal(404, await _server.StatusAsync("GET", Path));
        Assert.Equal(404, await _server.StatusAsync("HEAD", Path));

        // The result can be read, and whether its output is there cannot be said.
        _server.Tier.Fault.SetAll(null);
        _server.Tier.Fault.Contains = kind;
        Assert.Equal(404, await _server.StatusAsync("GET", Path));

        _server.Tier.Fault.SetAll(null);
        Assert.Equal(200, await _server.StatusAsync("GET", Path));
    }

    [Theory]
    [InlineData(CacheErrorKind.StorageFull, 507)]
    [InlineData(CacheErrorKind.ReadOnly, 403)]
    [InlineData(CacheErrorKind.Io, 500)]
    [InlineData(CacheErrorKind.Overloaded, 503)]
    public async Task Write_WithAFault_SaysWhatItIs(CacheErrorKind kind, int expected)
    {
        _server.Tier.Fault.SetAll(kind);

        Assert.Equal(expected, await _server.StatusAsync("PUT", Path, Result));
    }
}
