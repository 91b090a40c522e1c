using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// Sends a request until it is answered: once, or as often as the retry policy says. Headers that announce messages,
/// and messages of a stream that have gone, commit the call to the attempt that is under way (gRPC proposal A6, "When
/// Retries are Valid").
/// </summary>
internal sealed class CallSender(GrpcChannel channel, CallTarget target, CallLife life, RequestSource source)
{
    /// <summary>Sends. Never throws: what fails ends the call.</summary>
    public async Task<CallAnswer> SendAsync()
    {
        var attempt = 1;
        var sincePushback = 1;
        while (true)
        {
            var answer = await TryOnceAsync(attempt);
            if (answer.Outcome is not { IsSuccess: false } failure)
            {
                return answer;
            }

            if (PauseBeforeNext(failure, attempt, sincePushback) is not { } pause || !await WaitAsync(pause))
            {
                return new CallAnswer(life.End(failure));
            }

            attempt++;
            sincePushback = failure.Pushback is null ? sincePushback + 1 : 1;
        }
    }

    private async Task<CallAnswer> TryOnceAsync(int attempt)
    {
        if (life.Outcome is { } ended)
        {
            return new CallAnswer(ended);
        }

        var request = RequestHead.Make(target, life.Remaining, attempt, source.NewContent());
        try
        {
            if (await AddTokenAsync(request) is { } refused)
            {
                request.Dispose();
                return new CallAnswer(refused);
            }

            var response = await channel.Transport.SendAsync(request, life.Token);
            if (ResponseHead.Check(response) is { } outcome)
            {
                response.Dispose();
                return new CallAnswer(outcome);
            }

            life.Own(response);
            return new CallAnswer(new ResponseMessages(response, channel.MaxReceiveMessageSize));
        }
        catch (Exception fault)
        {
            request.Dispose();
            return new CallAnswer(life.Outcome ?? CallOutcome.Of(source.Fault ?? fault));
        }
    }

    private async ValueTask<CallOutcome?> AddTokenAsync(HttpRequestMessage request)
    {
        if (channel.Options.TokenProvider is not { } provider)
        {
            return null;
        }

        try
        {
            RequestHead.AddToken(request, await provider(life.Token));
            return null;
        }
        catch (Exception fault) when (life.Outcome is null)
        {
            // Only the kind of fault: its text might have something of the secret.
            return new CallOutcome(
                StatusCode.Unauthenticated, $"there is no token for the call: {fault.GetType().Name}");
        }
    }

    private TimeSpan? PauseBeforeNext(CallOutcome failure, int attempt, int sincePushback)
    {
        if (channel.Options.RetryPolicy is not { } policy || life.Outcome is not null)
        {
            return null;
        }

        var isRefusal = failure.Pushback < TimeSpan.Zero;
        var isRetryable = policy.RetryableStatusCodes.Contains(failure.Status.StatusCode);
        if (isRetryable || isRefusal)
        {
            channel.RetryBudget?.Failed();
        }

        if (!isRetryable
            || isRefusal
            || attempt >= Math.Min(policy.MaxAttempts, RetryPolicy.MaxAttemptsLimit)
            || channel.RetryBudget is { AllowsRetry: false }
            || !source.TryRewind())
        {
            return null;
        }

        return failure.Pushback ?? policy.BackoffAfter(sincePushback, Random.Shared.NextDouble());
    }

    private async Task<bool> WaitAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, channel.Options.TimeProvider, life.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
