using System.Buffers.Binary;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>Paul Hsieh's SuperFastHash, as twemproxy's <c>hsieh</c> starts and ends it.</summary>
public static class HsiehHash
{
    /// <summary>The hash. Of a last third byte above 127 the sign counts, as C has it on x86-64.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key)
    {
        uint hash = 0;
        while (key.Length >= 4)
        {
            hash += BinaryPrimitives.ReadUInt16LittleEndian(key);
            var next = ((uint)BinaryPrimitives.ReadUInt16LittleEndian(key[2..]) << 11) ^ hash;
            hash = (hash << 16) ^ next;
            hash += hash >> 11;
            key = key[4..];
        }

        return Finish(key.IsEmpty ? hash : AddRest(hash, key));
    }

    private static uint AddRest(uint hash, ReadOnlySpan<byte> rest)
    {
        if (rest.Length == 1)
        {
            hash += rest[0];
            hash ^= hash << 10;
            return hash + (hash >> 1);
        }

        hash += BinaryPrimitives.ReadUInt16LittleEndian(rest);
        if (rest.Length == 2)
        {
            hash ^= hash << 11;
            return hash + (hash >> 17);
        }

        hash ^= hash << 16;
        hash ^= (uint)(sbyte)rest[2] << 18;
        return hash + (hash >> 11);
    }

    private static uint Finish(uint hash)
    {
        hash ^= hash << 3;
        hash += hash >> 5;
        hash ^= hash << 4;
        hash += hash >> 17;
        hash ^= hash << 25;
        return hash + (hash >> 6);
    }
}
