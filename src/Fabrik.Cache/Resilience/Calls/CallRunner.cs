using Fabrik.Cache.Resilience.Breaking;
using Fabrik.Cache.Resilience.Telemetry;

namespace Fabrik.Cache.Resilience.Calls;

/// <summary>
/// Sends a request past the guard. An answer that is there at once takes the way in this file: no timer, no state
/// machine. Everything else is a <see cref="PendingCall{TCall, T}"/>.
/// </summary>
internal static class CallRunner
{
    /// <summary>Sends a request, in a span if somebody listens.</summary>
    public static ValueTask<CacheResult<T>> RunAsync<TCall, T>(
        UpstreamGuard guard, TCall call, CancellationToken cancellationToken)
        where TCall : struct, ITierCall<T>
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<CacheResult<T>>(cancellationToken);
        }

        if (guard.Admit(call.Operation, out var permit) is { } refusal)
        {
            return new(refusal);
        }

        return UpstreamTraces.IsHeard
            ? TraceAsync<TCall, T>(guard, call, permit, cancellationToken)
            : SendAsync<TCall, T>(guard, call, permit, cancellationToken);
    }

    private static async ValueTask<CacheResult<T>> TraceAsync<TCall, T>(
        UpstreamGuard guard, TCall call, BreakerPermit permit, CancellationToken cancellationToken)
        where TCall : struct, ITierCall<T>
    {
        using var activity = UpstreamTraces.Start(call.Operation, guard.Options.Name);
        try
        {
            var result = await SendAsync<TCall, T>(guard, call, permit, cancellationToken);
            var name = result.TryGet(out var answer, out var error)
                ? call.NameOf(answer)
                : CacheErrorKindNames.Of(error.Kind);
            UpstreamTraces.End(activity, name, (answer as CachedArtifact)?.Info.Size, error);
            return result;
        }
        catch (OperationCanceledException)
        {
            UpstreamTraces.End(activity, "cancelled", bytes: null, error: null);
            throw;
        }
    }

    private static ValueTask<CacheResult<T>> SendAsync<TCall, T>(
        UpstreamGuard guard, TCall call, BreakerPermit permit, CancellationToken cancellationToken)
        where TCall : struct, ITierCall<T>
    {
        guard.Retries.PayIn();
        var started = guard.Time.GetTimestamp();
        CancellationTokenSource cancellation = new();
        var answer = Attempt<T>.Send(call, cancellation.Token);
        Task<CacheResult<T>> pending;
        if (answer.IsCompletedSuccessfully)
        {
            var result = answer.Result;
            if (result.TryGet(out var value, out _))
            {
                return new(PendingCall<TCall, T>.Accept(guard, call, value, new Sent(permit, started, started)));
            }

            pending = Task.FromResult(result);
        }
        else
        {
            pending = answer.AsTask();
        }

        Attempt<T> attempt = new()
        {
            Permit = permit,
            Started = started,
            Cancellation = cancellation,
            Answer = pending,
        };
        return new PendingCall<TCall, T>(guard, call, started, cancellationToken).RunAsync(attempt);
    }
}
