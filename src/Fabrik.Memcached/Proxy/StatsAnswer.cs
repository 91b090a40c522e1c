using System.Buffers;
using System.Globalization;
using System.Text;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Proxy;

/// <summary>An answer to <c>stats</c> as it is written.</summary>
internal sealed class StatsAnswer(MemcachedProtocol protocol, uint opaque)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Adds a figure.</summary>
    public void Add(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds a figure.</summary>
    public void Add(string name, string value)
    {
        if (protocol == MemcachedProtocol.Text)
        {
            _bytes.Write(Encoding.UTF8.GetBytes($"STAT {name} {value}\r\n"));
            return;
        }

        AddPacket(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
    }

    /// <summary>The whole answer.</summary>
    public byte[] End()
    {
        if (protocol == MemcachedProtocol.Text)
        {
            _bytes.Write("END\r\n"u8);
        }
        else
        {
            AddPacket(default, default);
        }

        return _bytes.WrittenSpan.ToArray();
    }

    private void AddPacket(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> header = stackalloc byte[BinaryHeader.Size];
        new BinaryHeader
        {
            Magic = BinaryHeader.Response,
            Opcode = BinaryOpcode.Stat,
            KeyLength = (ushort)name.Length,
            BodyLength = (uint)(name.Length + value.Length),
            Opaque = opaque,
        }.Write(header);
        _bytes.Write(header);
        _bytes.Write(name);
        _bytes.Write(value);
    }
}
