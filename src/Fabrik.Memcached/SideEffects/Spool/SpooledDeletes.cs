using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>
/// A spool with the way to its target, which is another one after each reload: the spool itself stays.
/// </summary>
internal sealed class SpooledDeletes : IAsyncDisposable
{
    private LoopDelete? _target;

    /// <summary>Opens the spool. What is in it waits for <see cref="Aim"/>.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    public SpooledDeletes(SpoolOptions options, TimeProvider time, ILogger log, SpoolCounters counters) =>
        Spool = new DeleteSpool(options, time, log, counters, DeleteAsync);

    /// <summary>The spool.</summary>
    public DeleteSpool Spool { get; }

    /// <summary>Says where deletes are repeated from now on. From any thread.</summary>
    public void Aim(LoopDelete target) => Volatile.Write(ref _target, target);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Spool.DisposeAsync();

    private Task<bool> DeleteAsync(byte[] key, CancellationToken cancellationToken) =>
        Volatile.Read(ref _target)?.DeleteAsync(key, cancellationToken) ?? Task.FromResult(false);
}
