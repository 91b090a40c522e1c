using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Fabrik.Memcached.Destinations;

/// <summary>A call of an asynchronous method of a loop that had to wait.</summary>
internal abstract class LoopCall<TResult> : IValueTaskSource<TResult>
{
    private ManualResetValueTaskSourceCore<TResult> _core;

    /// <summary>Tells this call from earlier ones of the same object.</summary>
    public short Version => _core.Version;

    /// <summary>The method has returned.</summary>
    public void SetResult(TResult result) => _core.SetResult(result);

    /// <summary>The method has thrown.</summary>
    public void SetException(Exception exception) => _core.SetException(exception);

    /// <inheritdoc/>
    public TResult GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Return();
        }
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Leaves it to the next call.</summary>
    protected abstract void Return();
}

/// <summary>A call of a certain method.</summary>
internal sealed class LoopCall<TResult, TStateMachine> : LoopCall<TResult>
    where TStateMachine : IAsyncStateMachine
{
    private const int MaxIdle = 16 * 1024;

    // A loop is a thread, and what the compiler calls knows no other way to the loop than the thread that it runs on.
    [ThreadStatic]
    private static Stack<LoopCall<TResult, TStateMachine>>? _idle;

    private TStateMachine _machine = default!;

    private LoopCall() => MoveNext = () => _machine.MoveNext();

    /// <summary>Goes on with the method.</summary>
    public Action MoveNext { get; }

    /// <summary>Where the method is, and its variables.</summary>
    public TStateMachine Machine
    {
        set => _machine = value;
    }

    /// <summary>One that is in no call.</summary>
    public static LoopCall<TResult, TStateMachine> Rent() =>
        _idle is { } idle && idle.TryPop(out var call) ? call : new LoopCall<TResult, TStateMachine>();

    /// <inheritdoc/>
    protected override void Return()
    {
        _machine = default!;
        _idle ??= new Stack<LoopCall<TResult, TStateMachine>>();
        if (_idle.Count < MaxIdle)
        {
            _idle.Push(this);
        }
    }
}
