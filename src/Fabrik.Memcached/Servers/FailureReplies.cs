using System.Text;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Servers;

/// <summary>
/// What is answered when a server did not. It is a line for requests of either protocol: the client's side makes a
/// packet of it where one is needed.
/// </summary>
internal sealed class FailureReplies(string name)
{
    private static readonly string[] Texts =
    [
        "cannot be reached", "closed the connection", "timed out", "sent a wrong answer", "is overloaded", "is down",
        "refused the credentials",
    ];

    private readonly Reply[] _replies = [.. Texts.Select((text, failure) => Reply.Constant(
        ReplyKind.Failed,
        Encoding.UTF8.GetBytes($"SERVER_ERROR backend {name} {text}\r\n")) with
    {
        WasNotSent = (ServerFailure)failure
            is ServerFailure.Unreachable or ServerFailure.Overloaded or ServerFailure.Down,
    })];

    /// <summary>The answer for a failure.</summary>
    public ref readonly Reply this[ServerFailure failure] => ref _replies[(int)failure];
}
