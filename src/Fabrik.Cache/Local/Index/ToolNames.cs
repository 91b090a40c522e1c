using System.Text;

namespace Fabrik.Cache.Local.Index;

/// <summary>The few names of tools, so that reading a record makes no string for one. Lock-free.</summary>
internal sealed class ToolNames
{
    /// <summary>Names that are kept; others are made anew each time.</summary>
    private const int Capacity = 32;

    private (byte[] Bytes, string Name)[] _names = [];

    public string Get(ReadOnlySpan<byte> bytes)
    {
        var names = Volatile.Read(ref _names);
        foreach (var (known, name) in names)
        {
            if (bytes.SequenceEqual(known))
            {
                return name;
            }
        }

        var added = Encoding.UTF8.GetString(bytes);
        if (names.Length < Capacity)
        {
            // Who loses a race adds the name at the next reading.
            Interlocked.CompareExchange(ref _names, [.. names, (bytes.ToArray(), added)], names);
        }

        return added;
    }
}
