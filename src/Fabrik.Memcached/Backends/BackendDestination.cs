using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Backends;

/// <summary>
/// A backend, as one loop sees it: requests leave the loop as copies, are served by the thread pool, and their
/// answers come back to the loop. What is asked of a key is done in its order, as a server does for a connection.
/// </summary>
internal sealed class BackendDestination(ILoop loop, IBackend backend, ILogger log) : Destination
{
    private readonly PendingReplyPool _pending = new();
    private readonly KeyOrder<Call> _order = new(
        static call => call.Command.IsRead,
        static call => ThreadPool.UnsafeQueueUserWorkItem(static call => _ = RunAsync(call), call, preferLocal: false));

    /// <summary>What it does its work by, for people.</summary>
    public required string Description { get; init; }

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        if (BackendCommandReader.TryRead(request) is not { } command)
        {
            return Answer(request, BackendAnswer.Refused($"not supported by backend {Name}"));
        }

        if (!backend.TryEnter())
        {
            return Answer(request, BackendAnswer.Failed("overloaded"));
        }

        var call = new Call(this, request.Retain(), command, _pending.Rent());
        var answer = call.Waiter.Task;
        _order.Begin(call.Place, call);
        return answer;
    }

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path) => path.Add($"{Name}: {Description}");

    private static async Task RunAsync(Call call)
    {
        try
        {
            call.Answer = await call.Owner.RunAsync(call.Command);
        }
        finally
        {
            call.Owner.Return(call);
        }
    }

    private static void Finish(object? state)
    {
        var call = (Call)state!;
        call.Owner._order.End(call.Place, call);
        var reply = call.Owner.Reply(call.Request, call.Answer);
        call.Request.Release();
        call.Waiter.Complete(in reply);
    }

    private async Task<BackendAnswer> RunAsync(BackendCommand command)
    {
        try
        {
            return await backend.RunAsync(command);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.BackendFailed(log, Name, e);
            return BackendAnswer.Failed("internal error");
        }
    }

    private void Return(Call call)
    {
        backend.Leave();
        loop.Post(Finish, call);
    }

    private ValueTask<Reply> Answer(Request request, BackendAnswer answer) => new(Reply(request, answer));

    private Reply Reply(Request request, BackendAnswer answer) => BackendReplies.Make(
        loop.Blocks,
        request,
        answer is { Kind: ReplyKind.ServerError, IsTooLarge: false }
            ? answer with { Text = $"backend {Name}: {answer.Text}" }
            : answer);

    private sealed class Call(
        BackendDestination owner, Request request, BackendCommand command, PendingReply waiter)
    {
        public BackendDestination Owner => owner;

        public Request Request => request;

        public BackendCommand Command => command;

        public PendingReply Waiter => waiter;

        public int Place { get; } = KeyOrder<Call>.PlaceOf(command.Key);

        public BackendAnswer Answer { get; set; } = BackendAnswer.Failed("internal error");
    }
}
