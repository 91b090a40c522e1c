namespace Fabrik.Cache.Local.Commit;

/// <summary>Something that changes the store, waiting for its turn at the committer.</summary>
internal abstract class StoreCommand
{
    /// <summary>Bytes that it adds to a batch, roughly: a group is bounded by their sum.</summary>
    public virtual long Weight => 512;

    /// <summary>
    /// Whether it could not be applied before what its transaction holds is written; then it comes again.
    /// </summary>
    public bool MustRetry { get; protected set; }

    /// <summary>Makes its changes in a transaction.</summary>
    public abstract void Apply(StoreTransaction transaction, StoreState state);

    /// <summary>The transaction is written.</summary>
    public abstract void Succeed();

    /// <summary>The transaction could not be written, or this command could not be applied.</summary>
    public abstract void Fail(CacheError error);
}

/// <summary>A command whose sender waits for an answer.</summary>
internal abstract class StoreCommand<T> : StoreCommand
{
    private readonly TaskCompletionSource<CacheResult<T>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer.</summary>
    public Task<CacheResult<T>> Done => _done.Task;

    /// <summary>What <see cref="Succeed"/> will answer; set while applying.</summary>
    protected CacheResult<T> Result { get; set; }

    /// <inheritdoc/>
    public override void Succeed() => _done.TrySetResult(Result);

    /// <inheritdoc/>
    public override void Fail(CacheError error) => _done.TrySetResult(error);
}
