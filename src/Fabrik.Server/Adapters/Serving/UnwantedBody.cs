using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>
/// What is left of the body of a request that is answered without it. Closing a connection on which bytes are still
/// coming makes the sender's system throw the answer away with it; many tools send all before they listen. So the rest
/// is either taken in before the answer, and the connection goes on; or the answer says <c>Connection: close</c> and is
/// sent whole, and then bytes are dropped until the sender has heard it and stops.
/// </summary>
/// <param name="http">The request.</param>
/// <param name="services">The clock, and whether the server ends.</param>
/// <param name="wasAsked">Whether reading has begun, so that a sender with <c>Expect: 100-continue</c> goes on.</param>
internal sealed class UnwantedBody(HttpContext http, ServerServices services, bool wasAsked = false)
{
    /// <summary>How long a sender may go on after its answer.</summary>
    public static readonly TimeSpan MaxLinger = TimeSpan.FromMinutes(1);

    /// <summary>
    /// What a sender may send after its answer, if an artifact may not have more: tools send artifacts that are above a
    /// low limit too, and must hear that.
    /// </summary>
    public const long MinLingerBytes = 256L * 1024 * 1024;

    /// <summary>The same when the server ends: enough for an answer to be heard, and a restart does not wait.</summary>
    private static readonly TimeSpan MaxLingerInDrain = TimeSpan.FromSeconds(1);

    private bool _hasEnded = http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };

    /// <summary>Whether reading failed already: nothing of the rest can be read.</summary>
    public bool IsBroken { get; init; }

    // The sender waits to be asked for the body. It is not: reading before the answer would ask.
    private bool IsHeldBack => !wasAsked && http.Request.Headers.Expect.Count > 0;

    /// <summary>Lifts Kestrel's own limit, which would throw: ours has the protocol's answer.</summary>
    public static void LiftServerLimit(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }

    /// <summary>
    /// Takes the body in before the answer, unless it is held back or has more than <paramref name="max"/> bytes.
    /// </summary>
    public async ValueTask TakeInAsync(long max)
    {
        if (_hasEnded || IsBroken || IsHeldBack || http.Request.ContentLength > max)
        {
            return;
        }

        LiftServerLimit(http);
        _hasEnded = await RequestBody.DiscardAsync(http.Request, max, http.RequestAborted);
    }

    /// <summary>Sends an answer; if the body has not ended, as the last of this connection.</summary>
    /// <param name="send">Writes the answer.</param>
    /// <param name="max">The most bytes that are dropped after it.</param>
    public async ValueTask AnswerAsync(Func<Task> send, long max)
    {
        if (_hasEnded || !HttpProtocol.IsHttp11(http.Request.Protocol))
        {
            // HTTP/2 has a frame for "stop sending".
            await send();
            return;
        }

        http.Response.Headers.Connection = "close";
        await send();
        if (!IsBroken)
        {
            await http.Response.CompleteAsync();
            await LingerAsync(max);
        }
    }

    private async ValueTask LingerAsync(long max)
    {
        LiftServerLimit(http);
        using var limit = new CancellationTokenSource(MaxLinger, services.Time);
        using var drain = services.Draining.Register(
            static limit => ((CancellationTokenSource)limit!).CancelAfter(MaxLingerInDrain), limit);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            _hasEnded = await RequestBody.DiscardAsync(http.Request, max, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            _hasEnded = false;
        }

        if (!_hasEnded)
        {
            http.Abort();
        }
    }
}
