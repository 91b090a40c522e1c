using System.Text;
using Fabrik.Memcached.Discovery;
using Xunit;

namespace Fabrik.MemcachedTests.Discovery;

public sealed class ClusterConfigTests
{
    [Theory]
    [InlineData("12\nb|10.0.0.2|11211 a|10.0.0.1|11212\n", "a:11212=10.0.0.1:11212 b:11211=10.0.0.2:11211")]
    [InlineData("1\r\na|10.0.0.1|11211\r\n\r\n", "a:11211=10.0.0.1:11211")]
    [InlineData("1\na||11211", "a:11211=")]
    [InlineData("1\na|fd00::1|11211\n", "a:11211=[fd00::1]:11211")]
    [InlineData("1\na|10.0.0.1|1 a|10.0.0.1|1\n", "a:1=10.0.0.1:1")]
    public void TryRead_OfAList_GivesItsNodes(string text, string expected)
    {
        Assert.True(ClusterConfig.TryRead(Encoding.UTF8.GetBytes(text), out var nodes));

        Assert.Equal(expected, string.Join(' ', nodes.Select(static node => $"{node}={node.EndPoint}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("12\n")]
    [InlineData("twelve\na|10.0.0.1|11211")]
    [InlineData("1\na|10.0.0.1")]
    [InlineData("1\na|10.0.0.1|11211|x")]
    [InlineData("1\n|10.0.0.1|11211")]
    [InlineData("1\na|10.0.0.1|0")]
    [InlineData("1\na|10.0.0.1|65536")]
    [InlineData("1\na|10.0.0.1|-1")]
    [InlineData("1\na|nowhere|11211")]
    [InlineData("1\na\u0001|10.0.0.1|11211")]
    [InlineData("1\na|10.0.0.1|1\nb|10.0.0.1|1")]
    public void TryRead_OfWhatIsNoList_IsRefused(string text)
    {
        Assert.False(ClusterConfig.TryRead(Encoding.UTF8.GetBytes(text), out var nodes));
        Assert.Empty(nodes);
    }

    [Fact]
    public void TryRead_OfMoreNodesThanAllowed_IsRefused()
    {
        var text = "1\n" + string.Join(' ', Enumerable.Range(0, ServerFinder.MaxServers + 1).Select(i => $"h{i}||1"));

        Assert.False(ClusterConfig.TryRead(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void TryRead_OfAnything_NeverThrows()
    {
        const int Seed = 20260711;
        var random = new Random(Seed);
        var whole = "12\nb|10.0.0.2|11211 a|fd00::1|11212\n"u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var text = whole[..random.Next(whole.Length + 1)];
            for (var change = random.Next(4); change > 0 && text.Length > 0; change--)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }

            if (ClusterConfig.TryRead(text, out var nodes))
            {
                Assert.All(nodes, static node => Assert.InRange(node.Port, 1, 65535));
            }
        }
    }
}
