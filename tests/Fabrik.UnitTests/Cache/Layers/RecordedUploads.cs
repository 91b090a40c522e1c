using System.Collections.Concurrent;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers.Writing;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>Writes down what would be carried upward.</summary>
internal sealed class RecordedUploads : IUploads
{
    public ConcurrentQueue<UploadOrder> Queued { get; } = [];

    public ConcurrentQueue<UploadOrder> Sent { get; } = [];

    public HashSet<ArtifactId> Deleting { get; } = [];

    public ValueTask EnqueueAsync(UploadOrder order, CancellationToken cancellationToken)
    {
        Queued.Enqueue(order);
        return ValueTask.CompletedTask;
    }

    public ValueTask UploadNowAsync(UploadOrder order, CancellationToken cancellationToken)
    {
        Sent.Enqueue(order);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> IsDeletingAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Deleting.Contains(id));
}
