using System.Text;
using Fabrik.Memcached.Buffers;
using Xunit;

namespace Fabrik.MemcachedTests.Buffers;

public sealed class OutQueueTests
{
    private readonly BlockPool _pool = new();
    private readonly List<ArraySegment<byte>> _pieces = [];

    [Fact]
    public void Gather_OfALargePieceBetweenSmallOnes_KeepsTheOrder()
    {
        var queue = new OutQueue(_pool);
        var large = _pool.Rent();
        large.Bytes.AsSpan().Fill((byte)'x');
        queue.Append("head "u8);
        queue.Append(large, 0, OutQueue.LargePiece);
        queue.Append(" tail"u8);

        var length = queue.Gather(_pieces);

        Assert.Equal(queue.Length, length);
        Assert.Equal($"head {new string('x', OutQueue.LargePiece)} tail", Text());
    }

    [Fact]
    public void Gather_AfterAPartWasSent_BeginsBehindIt()
    {
        var queue = new OutQueue(_pool);
        var large = _pool.Rent();
        large.Bytes.AsSpan().Fill((byte)'x');
        queue.Append("head "u8);
        queue.Append(large, 0, OutQueue.LargePiece);
        queue.Append("END\r\n"u8);
        queue.Consume("head ".Length + OutQueue.LargePiece - 2);

        Assert.Equal(queue.Length, queue.Gather(_pieces));
        Assert.Equal("xxEND\r\n", Text());
    }

    [Fact]
    public void Gather_OfMoreThanOneCallTakes_LeavesTheRest()
    {
        var queue = new OutQueue(_pool);
        var large = _pool.Rent();
        for (var i = 0; i <= OutQueue.MaxGathered; i++)
        {
            queue.Append(large, 0, OutQueue.LargePiece);
        }

        Assert.Equal(OutQueue.MaxGathered * OutQueue.LargePiece, queue.Gather(_pieces));
        queue.Consume(OutQueue.MaxGathered * OutQueue.LargePiece);

        Assert.True(queue.HasOnePiece);
        Assert.Equal(OutQueue.LargePiece, queue.First.Length);
    }

    private string Text() => string.Concat(_pieces.Select(static piece => Encoding.Latin1.GetString(piece)));
}
