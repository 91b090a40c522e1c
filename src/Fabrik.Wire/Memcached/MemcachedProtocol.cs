namespace Fabrik.Wire.Memcached;

/// <summary>The two ways to talk to memcached.</summary>
public enum MemcachedProtocol : byte
{
    /// <summary>Lines, with classic and meta commands (memcached's <c>doc/protocol.txt</c>).</summary>
    Text,

    /// <summary>Packets with a header of 24 bytes (memcached's <c>doc/protocol-binary.txt</c>).</summary>
    Binary,
}
