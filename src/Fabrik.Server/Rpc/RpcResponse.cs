using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fabrik.Server.Rpc;

/// <summary>
/// The answer of a call: headers once, then messages straight into Kestrel's buffer, then the status. A status that
/// comes before anything else goes alone ("Trailers-Only").
/// </summary>
internal sealed class RpcResponse(HttpContext http, RpcServerOptions options, RpcClock clock) : IDisposable
{
    /// <summary>The longest detail of a status; more is cut off, so that trailers stay small.</summary>
    private const int MaxDetail = 1024;

    /// <summary>What may wait for the end of the call, without a look at whether the client takes it.</summary>
    private const int MaxUnflushed = 64 * 1024;

    // RFC 9113, section 7.
    private const int InternalError = 2;

    private MessageEncoder? _encoder;
    private bool _hasStarted;
    private bool _hasEnded;
    private bool _compresses;
    private int _isWriting;

    /// <summary>How messages are written where a stream says nothing else.</summary>
    public WriteOptions? WriteOptions { get; set; }

    private HttpResponse Http => http.Response;

    /// <summary>Sends the headers before any message.</summary>
    public async Task SendHeadersAsync(Metadata headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (_hasStarted)
        {
            throw new InvalidOperationException("the response headers have been sent already");
        }

        ThrowIfEnded();
        RpcHeaders.Write(headers, Http.Headers);
        Start();
        await FlushAsync(default);
    }

    /// <summary>Sends one message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="marshaller">Writes it.</param>
    /// <param name="writeOptions">Instead of <see cref="WriteOptions"/>.</param>
    /// <param name="cancellationToken">Ends the waiting for the client to take it.</param>
    /// <exception cref="InvalidOperationException">The call has ended, or a message is being sent.</exception>
    public async Task WriteAsync<T>(
        T message, Marshaller<T> marshaller, WriteOptions? writeOptions, CancellationToken cancellationToken)
    {
        clock.Token.ThrowIfCancellationRequested();
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _isWriting, 1) != 0)
        {
            throw new InvalidOperationException("a message can be sent only when the one before it has been");
        }

        try
        {
            var flags = (writeOptions ?? WriteOptions)?.Flags ?? WriteFlags.None;
            Encode(message, marshaller, flags);
            if (!flags.HasFlag(WriteFlags.BufferHint) || Http.BodyWriter.UnflushedBytes > MaxUnflushed)
            {
                await FlushAsync(cancellationToken);
            }
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    /// <summary>Sends the only message of a call, together with what follows it.</summary>
    public ValueTask WriteLastAsync<T>(T message, Marshaller<T> marshaller)
    {
        clock.Token.ThrowIfCancellationRequested();
        Encode(message, marshaller, WriteOptions?.Flags ?? WriteFlags.None);
        return Http.BodyWriter.UnflushedBytes > MaxUnflushed ? FlushAsync(default) : ValueTask.CompletedTask;
    }

    /// <summary>Sends the status and the trailers; nothing can be sent after it.</summary>
    public void Complete(Status status, Metadata? trailers)
    {
        _hasEnded = true;
        if (_encoder is { IsBroken: true } || Volatile.Read(ref _isWriting) != 0)
        {
            Reset();
            return;
        }

        var isAlone = !_hasStarted && status.StatusCode != StatusCode.OK;
        Start();
        var fields = isAlone ? Http.Headers : http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        if (trailers is not null)
        {
            RpcHeaders.Write(trailers, fields);
        }

        fields[GrpcFields.Status] = StatusFields.Format(status.StatusCode);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            var detail = status.Detail.Length > MaxDetail ? status.Detail[..MaxDetail] : status.Detail;
            fields[GrpcFields.Message] = StatusMessage.Encode(detail);
        }
    }

    public void Dispose() => _encoder?.Dispose();

    private void Encode<T>(T message, Marshaller<T> marshaller, WriteFlags flags)
    {
        ThrowIfEnded();
        Start();
        _encoder ??= new MessageEncoder(Http.BodyWriter, options.MaxSendMessageSize);
        _encoder.Encode(message, marshaller, _compresses && !flags.HasFlag(WriteFlags.NoCompress));
    }

    private void Start()
    {
        if (_hasStarted)
        {
            return;
        }

        _hasStarted = true;
        Http.ContentType = GrpcFields.ContentType;
        Http.Headers[GrpcFields.AcceptEncoding] = MessageEncoding.Accepted;
        if (options.CompressResponses
            && MessageEncoding.IsIn(http.Request.Headers[GrpcFields.AcceptEncoding].ToString(), MessageEncoding.Gzip))
        {
            _compresses = true;
            Http.Headers[GrpcFields.Encoding] = MessageEncoding.Gzip;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var writer = Http.BodyWriter;
        using var giveUp = cancellationToken.UnsafeRegister(
            static state => ((PipeWriter)state!).CancelPendingFlush(), writer);
        var flush = writer.FlushAsync(clock.Token);
        var result = flush.IsCompletedSuccessfully ? flush.Result : await WaitAsync(flush);
        if (result.IsCompleted)
        {
            clock.ClientIsGone();
        }

        clock.Progress();
        clock.Token.ThrowIfCancellationRequested();
        cancellationToken.ThrowIfCancellationRequested();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> flush)
    {
        clock.BeginWait();
        try
        {
            return await flush;
        }
        finally
        {
            clock.EndWait();
        }
    }

    private void Reset()
    {
        if (http.Features.Get<IHttpResetFeature>() is { } feature)
        {
            feature.Reset(InternalError);
        }
        else
        {
            http.Abort();
        }
    }

    private void ThrowIfEnded()
    {
        if (_hasEnded)
        {
            throw new InvalidOperationException("the call has ended: nothing can be sent any more");
        }
    }
}
