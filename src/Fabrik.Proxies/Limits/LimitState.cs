namespace Fabrik.Proxies.Limits;

/// <summary>What was let through lately and runs now: it outlives the limits, which a reload replaces.</summary>
public sealed class LimitState
{
    internal long FullAt;
    internal int Running;
    private ClientTable? _clients;

    /// <summary>Requests that run.</summary>
    public int InFlight => Volatile.Read(ref Running);

    // Half a megabyte, for those who ask for it.
    internal ClientTable Clients => LazyInitializer.EnsureInitialized(ref _clients);
}
