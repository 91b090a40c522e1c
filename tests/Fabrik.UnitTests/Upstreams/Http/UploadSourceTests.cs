using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Testing;
using Fabrik.Upstreams.Http;
using Fabrik.Upstreams.Objects;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Http;

public sealed class UploadSourceTests
{
    private readonly Pipe _pipe = new();
    private readonly MemoryStream _sent = new();
    private readonly TestClock _clock = new();

    [Theory]
    [InlineData(0, 5)]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(3, 5)]
    public async Task Copy_SendsHeadAndBody(int head, int body)
    {
        var source = Source(head, head + body);
        await _pipe.Writer.WriteAsync(Bytes(head, body));
        await _pipe.Writer.CompleteAsync();

        await source.CopyToAsync(_sent, source.Length, CancellationToken.None);

        Assert.Equal(Bytes(0, head + body), _sent.ToArray());
        Assert.Equal(0, source.Remaining);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public async Task Copy_InSlices_SendsTheSame(int slice)
    {
        var source = Source(3, 12);
        await _pipe.Writer.WriteAsync(Bytes(3, 9));
        await _pipe.Writer.CompleteAsync();

        while (source.Remaining > 0)
        {
            var before = _sent.Length;
            var count = Math.Min(slice, source.Remaining);
            await source.CopyToAsync(_sent, count, CancellationToken.None);
            Assert.Equal(before + count, _sent.Length);
        }

        Assert.Equal(Bytes(0, 12), _sent.ToArray());
    }

    [Fact]
    public async Task Copy_BeforeTheSourceHasEnded_HoldsTheLastByteBack()
    {
        var source = Source(2, 6);
        await _pipe.Writer.WriteAsync(Bytes(2, 4));

        var copying = source.CopyToAsync(_sent, 6, CancellationToken.None);
        Assert.False(copying.IsCompleted);
        Assert.Equal(Bytes(0, 5), _sent.ToArray());

        await _pipe.Writer.CompleteAsync();
        await copying;
        Assert.Equal(Bytes(0, 6), _sent.ToArray());
    }

    [Fact]
    public async Task Copy_OfASourceThatBreaks_NeverSendsTheLastByte()
    {
        var source = Source(2, 6);
        await _pipe.Writer.WriteAsync(Bytes(2, 4));
        await _pipe.Writer.CompleteAsync(new InvalidDataException("damaged"));

        await Assert.ThrowsAsync<UploadBrokenException>(
            () => source.CopyToAsync(_sent, 6, CancellationToken.None));

        Assert.True(_sent.Length < 6);
        Assert.Throws<InvalidDataException>(source.ThrowIfBroken);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(0)]
    public async Task Copy_OfAnotherLengthThanAnnounced_IsIncomplete(int body)
    {
        var source = Source(2, 6);
        await _pipe.Writer.WriteAsync(Bytes(2, body));
        await _pipe.Writer.CompleteAsync();

        await Assert.ThrowsAsync<UploadBrokenException>(
            () => source.CopyToAsync(_sent, 6, CancellationToken.None));

        Assert.True(_sent.Length < 6);
        source.ThrowIfBroken();
        Assert.Equal(CacheErrorKind.Incomplete, source.Error?.Kind);
    }

    [Fact]
    public async Task Copy_OfAHeadWithMoreBehindIt_SendsNothing()
    {
        var source = Source(4, 4);
        await _pipe.Writer.WriteAsync(Bytes(4, 1));
        await _pipe.Writer.CompleteAsync();

        await Assert.ThrowsAsync<UploadBrokenException>(
            () => source.CopyToAsync(_sent, 4, CancellationToken.None));

        Assert.Equal(0, _sent.Length);
    }

    [Fact]
    public async Task Copy_ThatIsCancelled_DoesNotBlameTheSource()
    {
        var source = Source(0, 6);
        using var ending = new CancellationTokenSource();

        var copying = source.CopyToAsync(_sent, 6, ending.Token);
        await ending.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        source.ThrowIfBroken();
        Assert.Null(source.Error);
    }

    private static byte[] Bytes(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(static value => (byte)value)];

    private UploadSource Source(int head, int length) =>
        new(new ObjectContent(Bytes(0, head), _pipe.Reader, length), _clock);
}
