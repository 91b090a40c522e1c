using System.Buffers;
using Fabrik.Proxies.Storage;

namespace Fabrik.Proxies.Fetching;

/// <summary>
/// A slice while it is being filled and stored. Its memory goes back to the budget when the last who holds it lets go:
/// readers hold it only while they copy, never while they wait for a client.
/// </summary>
internal sealed class SliceBuffer(SliceBudget budget, long index, int capacity)
{
    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1, capacity));
    private int _filled;
    private int _holds = 1;

    /// <summary>Which slice of the body.</summary>
    public long Index => index;

    /// <summary>Bytes that it takes at most.</summary>
    public int Capacity => capacity;

    /// <summary>Bytes that are there.</summary>
    public int Filled => Volatile.Read(ref _filled);

    /// <summary>Is pulsed with more bytes, and when there will be no more.</summary>
    public Signal Grown { get; } = new();

    /// <summary>Whether the store did not take it: then memory is the only place that has it.</summary>
    public bool IsUnstored { get; set; }

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Room => _bytes.AsMemory(_filled, capacity - _filled);

    /// <summary>What is there.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Filled);

    /// <summary>More bytes are there.</summary>
    public void Add(int count)
    {
        Volatile.Write(ref _filled, _filled + count);
        Grown.Pulse();
    }

    /// <summary>Keeps the memory until <see cref="Release"/>; false when it is gone.</summary>
    public bool TryHold()
    {
        var holds = Volatile.Read(ref _holds);
        while (holds > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holds, holds + 1, holds);
            if (seen == holds)
            {
                return true;
            }

            holds = seen;
        }

        return false;
    }

    /// <summary>Lets go.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            budget.Return(capacity);
        }
    }
}
