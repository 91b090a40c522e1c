using Fabrik.Cache;
using Fabrik.Testing;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Google.Bytestream;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.ByteStream;

/// <summary>Read: parts, codings, misses, and what goes wrong on the way.</summary>
public sealed class ReadTests : IAsyncLifetime
{
    private static readonly Blob Large = Blob.Of(700_001);

    private StreamHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await StreamHost.StartAsync();
        _host.Set(Large);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    public static TheoryData<ArtifactForm, long, long> Parts()
    {
        var data = new TheoryData<ArtifactForm, long, long>();
        foreach (var form in Enum.GetValues<ArtifactForm>())
        {
            data.Add(form, 0, 0);
            data.Add(form, 0, 1);
            data.Add(form, 1, 0);
            data.Add(form, 130_000, 260_000);
            data.Add(form, 700_000, 10);
            data.Add(form, 700_001, 0);
            data.Add(form, 0, long.MaxValue);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Part_InAnyForm_IsThatPart(ArtifactForm form, long offset, long limit)
    {
        _host.Tier.Form = form;
        var rest = Large.Bytes.Length - offset;

        var read = await _host.Connect().ReadAsync(Large.ReadName, offset, limit);

        Assert.Equal(Large.Bytes.AsSpan((int)offset, (int)(limit == 0 ? rest : Math.Min(limit, rest))).ToArray(), read);
    }

    [Theory]
    [InlineData(ArtifactForm.Memory, 0)]
    [InlineData(ArtifactForm.File, 0)]
    [InlineData(ArtifactForm.Copied, 0)]
    [InlineData(ArtifactForm.Memory, 123_456)]
    [InlineData(ArtifactForm.Copied, 700_000)]
    [InlineData(ArtifactForm.File, 700_001)]
    public async Task Compressed_FromAnOffset_IsAFrameOfTheRest(ArtifactForm form, int offset)
    {
        _host.Tier.Form = form;

        var frames = await _host.Connect().ReadAsync(Large.ReadZstdName, offset);

        Assert.Equal(Large.Bytes.AsSpan(offset).ToArray(), Blob.Decompress(frames));
        Assert.True(frames.Length < Large.Bytes.Length - offset + 100);
    }

    [Theory]
    [InlineData(-1, 0, StatusCode.OutOfRange)]
    [InlineData(700_002, 0, StatusCode.OutOfRange)]
    [InlineData(long.MaxValue, long.MaxValue, StatusCode.OutOfRange)]
    [InlineData(0, -1, StatusCode.InvalidArgument)]
    public async Task Part_ThatThereIsNot_IsRefused(long offset, long limit, StatusCode expected)
    {
        Assert.Equal(expected, await _host.Connect().FailReadAsync(Large.ReadName, offset, limit));
    }

    [Fact]
    public async Task Compressed_WithALimit_IsRefused() => Assert.Equal(
        StatusCode.InvalidArgument, await _host.Connect().FailReadAsync(Large.ReadZstdName, 0, 1));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Missing_InAnyCoding_IsNotFound(bool isCompressed)
    {
        var blob = Blob.Of(10);

        Assert.Equal(
            StatusCode.NotFound,
            await _host.Connect().FailReadAsync(isCompressed ? blob.ReadZstdName : blob.ReadName));
    }

    [Fact]
    public async Task Empty_IsAlwaysThere()
    {
        var client = _host.Connect();
        var empty = Blob.Of(0);

        Assert.Empty(await client.ReadAsync(empty.ReadName));
        Assert.Empty(Blob.Decompress(await client.ReadAsync(empty.ReadZstdName)));
        Assert.Equal(StatusCode.OutOfRange, await client.FailReadAsync(empty.ReadName, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("blobs")]
    [InlineData("uploads/u/blobs/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/0")]
    [InlineData("compressed-blobs/brotli/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/0")]
    [InlineData("blobs/abc/3")]
    public async Task Name_ThatIsNone_IsRefused(string name) =>
        Assert.Equal(StatusCode.InvalidArgument, await _host.Connect().FailReadAsync(name));

    [Fact]
    public async Task Instances_OfATenant_ShareTheirBlobs()
    {
        var name = ResourceName.ForRead("another/one", Large.Digest).ToString();

        Assert.Equal(Large.Bytes, await _host.Connect().ReadAsync(name));
    }

    [Fact]
    public async Task Tenants_DoNotShareTheirs()
    {
        Assert.Equal(StatusCode.NotFound, await _host.Connect("tenant:a").FailReadAsync(Large.ReadName));
        _host.Set(Large, "a");
        Assert.Equal(Large.Bytes, await _host.Connect("tenant:a").ReadAsync(Large.ReadName));
    }

    [Theory]
    [InlineData("wo", StatusCode.PermissionDenied)]
    [InlineData("bad", StatusCode.Unauthenticated)]
    public async Task Token_ThatMayNotRead_IsRefused(string token, StatusCode expected) =>
        Assert.Equal(expected, await _host.Connect(token).FailReadAsync(Large.ReadName));

    [Theory]
    [InlineData(CacheErrorKind.Unavailable, StatusCode.Unavailable)]
    [InlineData(CacheErrorKind.Io, StatusCode.Internal)]
    [InlineData(CacheErrorKind.Timeout, StatusCode.DeadlineExceeded)]
    public async Task Tier_ThatFails_IsTold(CacheErrorKind kind, StatusCode expected)
    {
        _host.Tier.Fault.Get = kind;

        Assert.Equal(expected, await _host.Connect().FailReadAsync(Large.ReadName));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Damage_OnTheWay_IsNeverAWholeBlob(bool isCompressed)
    {
        _host.Tier.Form = ArtifactForm.Copied;
        _host.Tier.DamagedAfter = 400_000;
        var bytes = new MemoryStream();
        var request = new ReadRequest { ResourceName = isCompressed ? Large.ReadZstdName : Large.ReadName };

        var failure = await Assert.ThrowsAsync<RpcException>(() => _host.Connect().ReadAsync(request, bytes));

        Assert.Equal(StatusCode.DataLoss, failure.StatusCode);
        Assert.True(bytes.Length <= 400_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reader_ThatGoesAway_EndsTheCall(bool isCompressed)
    {
        var bytes = new byte[50_000_000];
        new Random(1).NextBytes(bytes);
        var huge = new Blob(bytes);
        _host.Set(huge);
        var call = _host.Connect().BeginRead(isCompressed ? huge.ReadZstdName : huge.ReadName);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        call.ResponseStream.Current.Dispose();
        Assert.Equal(1, _host.Gate.InFlight);

        call.Dispose();

        await Wait.UntilAsync(() => _host.Gate.InFlight == 0);
    }
}
