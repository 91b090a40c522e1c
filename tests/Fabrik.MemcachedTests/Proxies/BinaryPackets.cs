using System.Buffers.Binary;
using System.Text;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>Packets of the binary protocol, made and read by hand.</summary>
internal static class BinaryPackets
{
    public static byte[] Request(byte opcode, string key, string value = "", string extras = "", uint opaque = 0) =>
        Packet(0x80, opcode, 0, (key, value, extras), opaque);

    public static byte[] Response(byte opcode, ushort status, string value = "", string extras = "", uint opaque = 0) =>
        Packet(0x81, opcode, status, ("", value, extras), opaque);

    public static (byte Opcode, int Status, uint Opaque, string Body) Read(TestClient client)
    {
        var header = Encoding.Latin1.GetBytes(client.Read(24));
        var body = client.Read(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8)));
        return (
            header[1],
            BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(6)),
            BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12)),
            body);
    }

    private static byte[] Packet(
        byte magic, byte opcode, ushort status, (string Key, string Value, string Extras) parts, uint opaque)
    {
        var body = Encoding.Latin1.GetBytes(parts.Extras + parts.Key + parts.Value);
        var packet = new byte[24 + body.Length];
        (packet[0], packet[1]) = (magic, opcode);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)parts.Key.Length);
        packet[4] = (byte)parts.Extras.Length;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), status);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(8), body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), opaque);
        body.CopyTo(packet, 24);
        return packet;
    }
}
