using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// What the compiler makes asynchronous methods of a loop with: the state of a call is used again by the next one,
/// however many are on their way. The runtime's pooling builder keeps one for each thread and core, and would allocate
/// the rest.
/// </summary>
/// <remarks>
/// A call begins, continues and ends on one loop's thread, so that neither locks nor the caller's context are needed.
/// The task that it returns is awaited exactly once.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
[SuppressMessage("Performance", "CA1822", Justification = "The compiler calls these on an instance.")]
internal struct LoopMethodBuilder<TResult>
{
    private LoopCall<TResult>? _call;
    private Exception? _error;
    private TResult _result;

    /// <summary>The task that the method returns.</summary>
    public readonly ValueTask<TResult> Task =>
        _call is not null ? new ValueTask<TResult>(_call, _call.Version)
        : _error is not null ? ValueTask.FromException<TResult>(_error)
        : new ValueTask<TResult>(_result);

    /// <summary>For the compiler.</summary>
    public static LoopMethodBuilder<TResult> Create() => default;

    /// <summary>Runs the method up to where it has to wait.</summary>
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>For the compiler; nothing is boxed.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The method has returned.</summary>
    public void SetResult(TResult result)
    {
        if (_call is null)
        {
            _result = result;
        }
        else
        {
            _call.SetResult(result);
        }
    }

    /// <summary>The method has thrown.</summary>
    public void SetException(Exception exception)
    {
        if (_call is null)
        {
            _error = exception;
        }
        else
        {
            _call.SetException(exception);
        }
    }

    /// <summary>The method waits.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(Keep(ref stateMachine).MoveNext);

    /// <summary>The method waits.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(Keep(ref stateMachine).MoveNext);

    private LoopCall<TResult, TStateMachine> Keep<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_call is LoopCall<TResult, TStateMachine> call)
        {
            return call;
        }

        // The builder is part of the state machine: it has to know the call before the machine is copied into it.
        call = LoopCall<TResult, TStateMachine>.Rent();
        _call = call;
        call.Machine = stateMachine;
        return call;
    }
}
