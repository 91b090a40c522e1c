namespace Fabrik.Testing;

/// <summary>Lets a number of callers go on together, once the last of them has come; later ones pass.</summary>
public sealed class Crowd(int size)
{
    private readonly TaskCompletionSource _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _come;

    /// <summary>Waits for the others.</summary>
    public ValueTask MeetAsync()
    {
        if (Interlocked.Increment(ref _come) >= size)
        {
            _whole.TrySetResult();
        }

        return new ValueTask(_whole.Task);
    }
}
