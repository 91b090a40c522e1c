namespace Fabrik.Cache.Layers.Writing.Storage;

/// <summary>Something that is done with the database while nobody else does.</summary>
internal abstract class QueueCommand
{
    private TaskCompletionSource<bool>? _done;

    /// <summary>Whether it reads what the commands before it changed.</summary>
    public virtual bool ReadsOrders => false;

    /// <summary>Whether it was done; known once it was completed.</summary>
    public bool HasSucceeded { get; private set; }

    /// <summary>Reads, and makes changes that are written with those of others.</summary>
    public abstract void Apply(QueueDatabase database, QueueTransaction transaction);

    /// <summary>It is written; before anybody else comes to the database.</summary>
    public virtual void Written()
    {
    }

    /// <summary>To be called before anybody can complete it.</summary>
    public Task<bool> WaitAsync()
    {
        _done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _done.Task;
    }

    /// <summary>It is done, or could not be.</summary>
    public void Complete(bool succeeded)
    {
        HasSucceeded = succeeded;
        _done?.TrySetResult(succeeded);
    }
}
