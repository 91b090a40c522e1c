namespace Fabrik.Memcached.Backends;

/// <summary>
/// Where values are kept that is no memcached server: an HTTP server, or the store of this process. All loops share it;
/// it works on the thread pool.
/// </summary>
internal interface IBackend : IDisposable
{
    /// <summary>Whether it takes another command now; the one who asks begins one then.</summary>
    bool TryEnter();

    /// <summary>A command that was begun has ended.</summary>
    void Leave();

    /// <summary>Does a command. Failures are answers; whatever else it throws is a bug.</summary>
    Task<BackendAnswer> RunAsync(BackendCommand command);

    /// <summary>Takes no more commands, and waits for those that it does. To be disposed of then.</summary>
    Task CloseAsync();
}
