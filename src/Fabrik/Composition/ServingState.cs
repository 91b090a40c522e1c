namespace Fabrik.Composition;

/// <summary>What a process that serves knows of itself, shared by its listeners.</summary>
internal sealed class ServingState(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private long _lastRequest = time.GetTimestamp();
    private int _inFlight;
    private volatile bool _isReady;

    /// <summary>Whether new requests are welcome: not before the start is over, nor while it drains.</summary>
    public bool IsReady
    {
        get => _isReady;
        set => _isReady = value;
    }

    /// <summary>How long it has run.</summary>
    public TimeSpan Uptime => time.GetElapsedTime(_started);

    /// <summary>How long no build tool has asked for anything; zero while a request is being answered.</summary>
    public TimeSpan Idle => Volatile.Read(ref _inFlight) > 0
        ? TimeSpan.Zero
        : time.GetElapsedTime(Interlocked.Read(ref _lastRequest));

    /// <summary>Requests of build tools that are being answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A build tool's request begins.</summary>
    /// <returns>How many there are now.</returns>
    public int Begin() => Interlocked.Increment(ref _inFlight);

    /// <summary>A build tool's request has ended.</summary>
    public void End()
    {
        Interlocked.Exchange(ref _lastRequest, time.GetTimestamp());
        Interlocked.Decrement(ref _inFlight);
    }
}
