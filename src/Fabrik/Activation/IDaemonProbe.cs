namespace Fabrik.Activation;

/// <summary>
/// Finds out whether a daemon that left its state behind lives. Two implementations: <see cref="HttpDaemonProbe"/> asks
/// it; tests decide.
/// </summary>
internal interface IDaemonProbe
{
    /// <summary>Whether the process is there, and its port answers with its own word.</summary>
    Task<bool> IsAliveAsync(DaemonState state, CancellationToken cancellationToken);
}
