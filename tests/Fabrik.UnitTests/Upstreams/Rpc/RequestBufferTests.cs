using System.Buffers;
using Fabrik.Upstreams.Rpc;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Rpc;

public class RequestBufferTests
{
    [Fact]
    public void Write_MoreThanItHolds_KeepsWhatIsThere()
    {
        var buffer = new RequestBuffer();
        var expected = new byte[100_000];
        new Random(1).NextBytes(expected);
        foreach (var part in expected.Chunk(977))
        {
            buffer.Write(part);
        }

        Assert.Equal(expected, buffer.Written.ToArray());
        buffer.Clear();
        Assert.Equal(0, buffer.Written.Length);
    }

    [Fact]
    public void GetSpan_AfterALargeMessage_HasRoomForAnother()
    {
        var buffer = new RequestBuffer();
        buffer.Write(new byte[131_077]);
        buffer.Clear();
        Assert.True(buffer.GetSpan().Length >= 131_077);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(int.MaxValue));
        buffer.Clear();
    }
}
