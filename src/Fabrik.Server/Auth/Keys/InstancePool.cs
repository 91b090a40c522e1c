namespace Fabrik.Server.Auth.Keys;

/// <summary>
/// Lends instances to one thread at a time. RSA and ECDsa do not promise to be safe on several threads, and
/// importing a key for each request costs as much as verifying with it.
/// </summary>
internal sealed class InstancePool<T>
    where T : class, IDisposable
{
    private static readonly int Capacity = Math.Clamp(Environment.ProcessorCount, 1, 16);

    private readonly Func<T> _create;
    private readonly T?[] _idle = new T?[Capacity];

    /// <summary>Makes the first instance at once, so that a key that cannot be imported is known at load.</summary>
    public InstancePool(Func<T> create)
    {
        _create = create;
        _idle[0] = create();
    }

    public T Rent()
    {
        foreach (ref var slot in _idle.AsSpan())
        {
            if (Volatile.Read(ref slot) is not null && Interlocked.Exchange(ref slot, null) is { } instance)
            {
                return instance;
            }
        }

        return _create();
    }

    public void Return(T instance)
    {
        foreach (ref var slot in _idle.AsSpan())
        {
            if (Interlocked.CompareExchange(ref slot, instance, null) is null)
            {
                return;
            }
        }

        instance.Dispose();
    }
}
