using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations.Rewriting;

/// <summary>Makes requests of bytes that were written here, by reading them as those of a client are read.</summary>
internal static class RequestFactory
{
    private static readonly ReaderLimits Limits = new() { MaxValueLength = int.MaxValue / 2 };

    /// <summary>Makes one of a text command at the start of a block, which it holds instead of the caller.</summary>
    public static Request FromText(ILoop loop, Block block, int length) =>
        From(loop, block, length, MemcachedProtocol.Text);

    /// <summary>Makes one of a command at the start of a block, which it holds instead of the caller.</summary>
    public static Request From(ILoop loop, Block block, int length, MemcachedProtocol protocol)
    {
        var bytes = block.Bytes.AsSpan(0, length);
        var status = CommandReader.TryRead(bytes, protocol, Limits, out var command, out _);
        if (status != ReadStatus.Read || command.Length != length)
        {
            throw new InvalidOperationException("A command was made that is none.");
        }

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
