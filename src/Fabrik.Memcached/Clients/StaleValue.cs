using System.Diagnostics;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>
/// What a value that is too large leaves behind: the one before it. memcached deletes that, so that nobody reads what
/// its client holds to be replaced.
/// </summary>
internal static class StaleValue
{
    /// <summary>Whether a command that is refused for its size would have replaced a value whatever it was.</summary>
    public static bool IsLeftBy(in Command command) =>
        command.Verb is Verb.Set or Verb.MetaSet && command.KeyLength > 0;

    /// <summary>A request that deletes it; its caller holds it.</summary>
    public static Request Delete(EventLoop loop, Request refused)
    {
        ref readonly var command = ref refused.Command;
        var block = loop.Blocks.Rent();
        var length = command.Protocol == MemcachedProtocol.Binary
            ? BinaryCommandWriter.Keyed(block.Bytes, BinaryOpcode.Delete, refused.Key, command.Opaque)
            : command.HasEncodedKey ? CommandWriter.MetaDelete(block.Bytes, refused.Key, "b"u8)
            : CommandWriter.Delete(block.Bytes, refused.Key);
        var status = CommandReader.TryRead(
            block.Bytes.AsSpan(0, length), command.Protocol, ReaderLimits.Default, out var delete, out _);
        Debug.Assert(status == ReadStatus.Read, "What was just written is whole.");
        var request = loop.Requests.Rent();
        request.Fill(block, 0, in delete, delete.KeyOffset);
        if (delete.HasEncodedKey)
        {
            request.DecodeKey();
        }

        block.Release();
        return request;
    }
}
