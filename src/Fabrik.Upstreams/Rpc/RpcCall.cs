using System.Runtime.CompilerServices;
using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// The answer's side of a call. (1) Its life begins: deadline and tokens count. (2) <see cref="CallSender"/> sends the
/// request until there is an answer. (3) Messages are read. (4) The status is read, and ends the life; whatever else
/// ends it before decides instead.
/// </summary>
internal sealed class RpcCall<TResponse>(
    CallLife life, Marshaller<TResponse> marshaller, Task<CallAnswer> answer, RetryBudget? budget)
    where TResponse : class
{
    /// <summary>What every call is asked for, as the delegates of the API's call objects.</summary>
    public static readonly Func<object, Task<Metadata>> HeadersOf =
        static call => ((RpcCall<TResponse>)call).ReadHeadersAsync();

    public static readonly Func<object, Status> StatusOf = static call => ((RpcCall<TResponse>)call).End.Status;

    public static readonly Func<object, Metadata> TrailersOf = static call => ((RpcCall<TResponse>)call).End.Trailers;

    public static readonly Action<object> DisposeOf = static call => ((RpcCall<TResponse>)call).Dispose();

    private CallOutcome End => life.Outcome ?? throw new InvalidOperationException("the call has not ended");

    /// <summary>Lets the caller give the call up by another token for a while.</summary>
    public CancellationTokenRegistration CancelBy(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(
            static life => ((CallLife)life!).Cancel("the caller gave a read up"), life);

    /// <summary>Reads the one message of a method that answers with one.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        TResponse? message = null;
        try
        {
            var (messages, outcome) = await answer;
            if (messages is not null)
            {
                message = await messages.ReadAsync(marshaller, life.Token);
                if (message is not null && await messages.ReadAsync(marshaller, life.Token) is not null)
                {
                    throw new RpcException(new Status(
                        StatusCode.Unimplemented, "the server sent more than one message, exactly one was expected"));
                }

                outcome = messages.ReadEnd();
            }

            Finish(message is null && outcome!.IsSuccess
                ? new CallOutcome(StatusCode.Unimplemented, "the server sent no message, exactly one was expected")
                : outcome!);
        }
        catch (Exception fault)
        {
            life.End(fault);
        }

        return End.IsSuccess ? message! : throw End.ToException();
    }

    /// <summary>Reads the next message of a stream.</summary>
    /// <returns>Nothing after the last one.</returns>
    /// <exception cref="RpcException">The call failed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TResponse?> ReadAsync()
    {
        try
        {
            var (messages, outcome) = await answer;
            if (life.Outcome is null)
            {
                if (messages is not null && await messages.ReadAsync(marshaller, life.Token) is { } message)
                {
                    return message;
                }

                Finish(outcome ?? messages!.ReadEnd());
            }
        }
        catch (Exception fault)
        {
            life.End(fault);
        }

        return End.IsSuccess ? null : throw End.ToException();
    }

    private async Task<Metadata> ReadHeadersAsync()
    {
        var (messages, outcome) = await answer;
        return messages?.Headers ?? (outcome!.IsSuccess ? Metadata.Empty : throw outcome.ToException());
    }

    private void Finish(CallOutcome outcome)
    {
        if (life.End(outcome).IsSuccess)
        {
            budget?.Succeeded();
        }
    }

    private void Dispose() => life.Cancel("the call was disposed of before its end");
}
