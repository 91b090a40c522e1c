using System.Text;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Memcached;

public sealed class KeyTests
{
    [Theory]
    [InlineData("key", true)]
    [InlineData("\u00fc~!", true)]
    [InlineData("a b", false)]
    [InlineData("a\r\nflush_all", false)]
    [InlineData("a\0", false)]
    [InlineData("a\u007f", false)]
    public void IsPlain_Key_TellsWhatLinesCanHold(string key, bool isPlain) =>
        Assert.Equal(isPlain, MetaKey.IsPlain(Encoding.Latin1.GetBytes(key)));

    [Fact]
    public void Encode_AnyKey_DecodesToIt()
    {
        var key = Enumerable.Range(0, 100).Select(i => (byte)i).ToArray();
        var encoded = new byte[200];
        int length = MetaKey.Encode(key, encoded);
        Assert.True(MetaKey.IsPlain(encoded.AsSpan(0, length)));
        var decoded = new byte[200];
        Assert.Equal(key, decoded[..MetaKey.Decode(encoded.AsSpan(0, length), decoded)]);
    }

    [Fact]
    public void KeyEnumerator_KeyOfAPacketWithSpaces_IsOneKey()
    {
        var bytes = new Packet(0x00, "", " a b ").ToBytes();
        CommandReader.TryRead(bytes, MemcachedProtocol.Binary, ReaderLimits.Default, out var command, out _);
        var keys = new KeyEnumerator(bytes, in command);
        Assert.True(keys.MoveNext());
        Assert.Equal((BinaryHeader.Size, 5), (keys.Offset, keys.Length));
        Assert.False(keys.MoveNext());
    }
}
