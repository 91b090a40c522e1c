using System.Text;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.MemcachedTests.Destinations;

/// <summary>
/// Requests as a client's side makes them. A bar stands for a line end, and the one at the end is left out.
/// </summary>
internal static class TestRequests
{
    public static Request Text(ILoop loop, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n");
        return Read(loop, bytes, MemcachedProtocol.Text);
    }

    public static Request Binary(ILoop loop, byte[] packet) => Read(loop, packet, MemcachedProtocol.Binary);

    private static Request Read(ILoop loop, byte[] bytes, MemcachedProtocol protocol)
    {
        var status = CommandReader.TryRead(bytes, protocol, ReaderLimits.Default, out var command, out _);
        if (status != ReadStatus.Read)
        {
            throw new ArgumentException("This is no command of memcached.", nameof(bytes));
        }

        var block = loop.Blocks.Rent(bytes.Length);
        bytes.CopyTo(block.Bytes, 0);
        var request = loop.Requests.Rent();
        request.Fill(block, 0, command, command.KeyOffset);
        block.Release();
        if (command.HasEncodedKey)
        {
            request.DecodeKey();
        }

        return request;
    }
}
