using Fabrik.Cache.Resilience.Breaking;

namespace Fabrik.Cache.Resilience.Calls;

/// <summary>
/// A request that was not answered at once, or with an error: waits within the answer time-out, hedges, retries, and
/// leaves behind what is given up.
/// </summary>
internal sealed class PendingCall<TCall, T>(
    UpstreamGuard guard, TCall call, long began, CancellationToken cancellationToken)
    where TCall : struct, ITierCall<T>
{
    /// <summary>Takes a good answer.</summary>
    public static CacheResult<T> Accept(UpstreamGuard guard, TCall call, T answer, Sent sent)
    {
        if (call.Operation is TierOperation.Get or TierOperation.Stat)
        {
            guard.Latency.Answered(guard.Time.GetElapsedTime(sent.Started));
        }

        if (call.Operation == TierOperation.Get)
        {
            guard.Hedges.PayIn();
        }

        if (call.IsWhole(answer))
        {
            guard.Breaker.Succeeded(sent.Permit);
        }
        else
        {
            guard.Breaker.Answered(sent.Permit);
        }

        guard.Counters.Ended(call.Operation, call.NameOf(answer), guard.Time.GetElapsedTime(sent.Began));
        return call.Accept(answer, guard);
    }

    /// <summary>Goes on with an attempt that was sent.</summary>
    public ValueTask<CacheResult<T>> RunAsync(Attempt<T> attempt) =>
        attempt.Permit.IsProbe && call.Operation is TierOperation.Get or TierOperation.Stat
            ? ProbeAsync(attempt)
            : FinishAsync(attempt);

    // A build waits a moment for whatever finds out if the upstream works again; after that it goes on alone.
    private async ValueTask<CacheResult<T>> ProbeAsync(Attempt<T> probe)
    {
        var probing = new PendingCall<TCall, T>(guard, call, began, CancellationToken.None).FinishAsync(probe).AsTask();
        await ((Task)probing).WaitAsync(GuardLimits.ProbePatience, guard.Time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (probing.IsCompleted)
        {
            return await probing;
        }

        _ = guard.LeftBehind.FollowAsync(probing, () => DiscardAsync(probing));
        cancellationToken.ThrowIfCancellationRequested();
        guard.Counters.Refused(call.Operation, "open");
        return guard.Breaker.Phase.Refusal
            ?? guard.Error(CacheErrorKind.Unavailable, "was left alone after failures, and is only coming back");
    }

    private async ValueTask<CacheResult<T>> FinishAsync(Attempt<T> attempt)
    {
        using AnswerWait wait = new(guard, began, cancellationToken);
        var pause = TimeSpan.Zero;
        for (var tries = 1; ; tries++)
        {
            if (await FirstAsync(attempt, wait) is not { } result)
            {
                return GiveUp(attempt, await wait.Ended);
            }

            if (result.TryGet(out var answer, out var error))
            {
                return Accept(guard, call, answer, new Sent(attempt.Permit, began, attempt.Started));
            }

            guard.Report(call.Operation, attempt.Permit, error);
            pause = NextPause(pause, error);
            if (!MayRetry(error, attempt.Permit, tries, pause))
            {
                return Fail(error);
            }

            if (!await PauseAsync(pause, wait))
            {
                return GiveUp(null, await wait.Ended);
            }

            if (guard.Breaker.Enter(out var permit) is not null)
            {
                return Fail(error);
            }

            guard.Counters.Retried();
            attempt = Send(permit);
        }
    }

    // Null when the wait has ended first.
    private async ValueTask<CacheResult<T>?> FirstAsync(Attempt<T> first, AnswerWait wait)
    {
        if (!first.Answer.IsCompleted && HedgeDelay(first) is { } delay)
        {
            using Alarm alarm = new(guard.Time, delay);
            await Task.WhenAny(first.Answer, wait.Ended, alarm.Rings);
            if (!first.Answer.IsCompleted && !wait.Ended.IsCompleted && Hedge() is { } second)
            {
                return await RaceAsync(first, second, wait);
            }
        }

        if (!first.Answer.IsCompleted)
        {
            await Task.WhenAny(first.Answer, wait.Ended);
        }

        if (first.Answer.IsCompleted)
        {
            return await ReadAsync(first);
        }

        Leave(first);
        return null;
    }

    // The first good answer wins. An error of one says nothing while the other may still be answered.
    private async ValueTask<CacheResult<T>?> RaceAsync(Attempt<T> first, Attempt<T> second, AnswerWait wait)
    {
        await Task.WhenAny(first.Answer, second.Answer, wait.Ended);
        var (one, other) = first.Answer.IsCompleted ? (first, second) : (second, first);
        CacheResult<T>? result = null;
        if (one.Answer.IsCompleted)
        {
            result = await ReadAsync(one);
        }

        if (result?.Error is { } error)
        {
            await Task.WhenAny(other.Answer, wait.Ended);
            result = null;
            if (other.Answer.IsCompleted)
            {
                guard.Report(call.Operation, one.Permit, error);
                (one, other) = (other, one);
                result = await ReadAsync(one);
            }
        }

        guard.Counters.Hedged(won: result is { } best && best.Error is null && one == second);
        Leave(other);
        if (result is null)
        {
            Leave(one);
        }

        return result;
    }

    private TimeSpan? HedgeDelay(Attempt<T> first) =>
        call.Operation == TierOperation.Get && guard.Options.Hedge && !first.Permit.IsProbe
        && guard.Latency.HedgeDelay is { } delay && delay < AnswerWait.Remaining(guard, began)
            ? delay
            : null;

    private Attempt<T>? Hedge()
    {
        if (guard.Breaker.Phase.State != BreakerState.Closed || !guard.Hedges.TryTake()
            || guard.Breaker.Enter(out var permit) is not null)
        {
            return null;
        }

        // It was opened in between, and its pause is over already.
        if (permit.IsProbe)
        {
            guard.Breaker.Left(permit);
            return null;
        }

        return Send(permit);
    }

    private Attempt<T> Send(BreakerPermit permit)
    {
        CancellationTokenSource cancellation = new();
        return new Attempt<T>
        {
            Permit = permit,
            Started = guard.Time.GetTimestamp(),
            Cancellation = cancellation,
            Answer = Attempt<T>.Send(call, cancellation.Token).AsTask(),
        };
    }

    private async ValueTask<CacheResult<T>> ReadAsync(Attempt<T> attempt)
    {
        var answer = attempt.Answer;
        return answer.IsCompletedSuccessfully
            ? await answer
            : guard.Crashed(call.Operation, answer.Exception?.InnerException);
    }

    private TimeSpan NextPause(TimeSpan last, CacheError error)
    {
        var pause = guard.Jitter.NextRetry(last);
        return error.RetryAfter is { } asked && asked > pause ? asked : pause;
    }

    // The budget last: it is paid only for what is sent.
    private bool MayRetry(CacheError error, BreakerPermit permit, int tries, TimeSpan pause) =>
        error.Retryable && tries <= guard.Options.Retries && !permit.IsProbe
        && guard.Breaker.Phase.State == BreakerState.Closed
        && pause < AnswerWait.Remaining(guard, began)
        && guard.Retries.TryTake();

    private async ValueTask<bool> PauseAsync(TimeSpan pause, AnswerWait wait)
    {
        using Alarm alarm = new(guard.Time, pause);
        await Task.WhenAny(alarm.Rings, wait.Ended);
        return !wait.Ended.IsCompleted;
    }

    private CacheResult<T> GiveUp(Attempt<T>? attempt, WaitEnd end)
    {
        var elapsed = guard.Time.GetElapsedTime(began);
        if (end == WaitEnd.TimedOut)
        {
            var error = guard.Error(
                CacheErrorKind.Timeout, $"did not answer within {guard.Options.AnswerTimeout.TotalMilliseconds:0} ms");
            if (attempt is not null)
            {
                if (call.Operation is TierOperation.Get or TierOperation.Stat)
                {
                    guard.Latency.Answered(elapsed);
                }

                guard.Report(call.Operation, attempt.Permit, error);
            }

            return Fail(error);
        }

        if (attempt is not null)
        {
            guard.Breaker.Left(attempt.Permit);
        }

        if (end == WaitEnd.Closing)
        {
            return Fail(guard.ShuttingDown);
        }

        guard.Counters.Ended(call.Operation, "cancelled", elapsed);
        throw new OperationCanceledException(cancellationToken);
    }

    private CacheResult<T> Fail(CacheError error)
    {
        var elapsed = guard.Time.GetElapsedTime(began);
        guard.Counters.Ended(call.Operation, CacheErrorKindNames.Of(error.Kind), elapsed);
        return error;
    }

    // Cancelled without waiting for what the tier does about it; an answer that comes yet is let go of.
    private void Leave(Attempt<T> attempt)
    {
        _ = attempt.Cancellation.CancelAsync();
        _ = guard.LeftBehind.FollowAsync(attempt.Answer, () => DiscardAsync(attempt.Answer));
    }

    private async ValueTask DiscardAsync(Task<CacheResult<T>> answered)
    {
        if (answered.IsCompletedSuccessfully && (await answered).TryGet(out var answer, out _))
        {
            await call.DiscardAsync(answer);
        }
    }
}
