using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Writing;

/// <summary>
/// Where changes of the local tier are handed over to be carried upward: after the local tier acknowledged them, and
/// before the client is answered. Nothing here fails towards the caller: a build does not notice what becomes of an
/// upload; statistics and logs do.
/// </summary>
internal interface IUploads
{
    /// <summary>
    /// Queues an order for each upstream with <see cref="WriteThrough.Queued"/>. Once this returns it survives the end
    /// of the process, unless the queue is full or its disk fails: then it is dropped and counted. Takes microseconds.
    /// </summary>
    ValueTask EnqueueAsync(UploadOrder order, CancellationToken cancellationToken);

    /// <summary>
    /// Carries an order to each upstream with <see cref="WriteThrough.Sync"/>, all at once, within their limits. What
    /// does not succeed at once goes into the queue, also when the caller cancels.
    /// </summary>
    ValueTask UploadNowAsync(UploadOrder order, CancellationToken cancellationToken);

    /// <summary>
    /// Whether an artifact is still to be deleted from an upstream: until then a read must not bring it back from
    /// there.
    /// </summary>
    ValueTask<bool> IsDeletingAsync(ArtifactId id, CancellationToken cancellationToken);
}
