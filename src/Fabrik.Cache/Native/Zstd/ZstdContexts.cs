using System.Runtime.InteropServices;

namespace Fabrik.Cache.Native.Zstd;

/// <summary>
/// Contexts for reuse: creating one costs an allocation of up to a few megabytes, more than a small frame itself. At
/// most one of a kind for each core is kept; whoever finds none gets a new one, and one too
/// many is freed.
/// </summary>
/// <typeparam name="T">Compressor or decompressor.</typeparam>
internal sealed class ZstdContexts<T>(Func<T> create)
    where T : SafeHandle
{
    private readonly T?[] _idle = new T?[Environment.ProcessorCount];

    /// <summary>A context that is the caller's until <see cref="Return"/>.</summary>
    /// <exception cref="InvalidOperationException">zstd got no memory.</exception>
    public T Rent()
    {
        foreach (ref var slot in _idle.AsSpan())
        {
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } idle)
            {
                return idle;
            }
        }

        var context = create();
        return context.IsInvalid ? throw new InvalidOperationException("zstd could not create a context") : context;
    }

    /// <summary>Gives a context back, or frees it.</summary>
    public void Return(T context)
    {
        foreach (ref var slot in _idle.AsSpan())
        {
            if (slot is null && Interlocked.CompareExchange(ref slot, context, null) is null)
            {
                return;
            }
        }

        context.Dispose();
    }
}
