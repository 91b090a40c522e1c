using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Local;

/// <summary>Whether the store takes writes, and why not.</summary>
internal sealed class StoreHealth(ILogger logger)
{
    private volatile string _reason = "";
    private int _state;

    public WriteState State => (WriteState)Volatile.Read(ref _state);

    public string Reason => _reason;

    /// <summary>A write failed: the state changes, once, with an event.</summary>
    public void Failed(Exception error)
    {
        var state = StoreFaults.Classify(error);
        _reason = error.Message;
        if (Interlocked.Exchange(ref _state, (int)state) != (int)state)
        {
            LocalStoreLog.WritesStopped(logger, state, error.Message);
        }
    }

    /// <summary>Writes work again.</summary>
    public void Recovered()
    {
        if (Interlocked.Exchange(ref _state, (int)WriteState.Ok) != (int)WriteState.Ok)
        {
            _reason = "";
            LocalStoreLog.WritesResumed(logger);
        }
    }
}
