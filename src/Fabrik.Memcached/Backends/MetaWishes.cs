using System.Buffers.Text;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Backends;

/// <summary>What the flags of a meta command ask for that a destination has to know.</summary>
internal struct MetaWishes
{
    /// <summary>The letter of its mode; 0 for none.</summary>
    public byte Mode { get; private set; }

    /// <summary>Whether the value is to be sent.</summary>
    public bool WantsValue { get; private set; }

    /// <summary>Whether it says when the value expires.</summary>
    public bool HasExpiry { get; private set; }

    /// <summary>Whether it says by how much to count.</summary>
    public bool HasDelta { get; private set; }

    /// <summary>When a value expires that is made because there was none; null for none that is made.</summary>
    public long? NewExpiry { get; private set; }

    /// <summary>Takes a flag down.</summary>
    /// <returns>False for one that would have to be obeyed and cannot be: stale values are for servers only.</returns>
    public bool TryTake(Verb verb, byte flag, ReadOnlySpan<byte> value)
    {
        switch (flag)
        {
            case (byte)'M' when value.Length == 1:
                Mode = value[0];
                return true;
            case (byte)'v':
                WantsValue = true;
                return true;
            case (byte)'T':
                HasExpiry = true;
                return verb != Verb.MetaDelete;
            case (byte)'D':
                HasDelta = true;
                return true;
            case (byte)'N' when verb == Verb.MetaArithmetic && Utf8Parser.TryParse(value, out long expiry, out _):
                NewExpiry = expiry;
                return true;
            default:
                return flag is not ((byte)'N' or (byte)'R' or (byte)'I' or (byte)'x' or (byte)'E');
        }
    }
}
