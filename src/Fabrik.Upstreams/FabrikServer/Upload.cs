using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;

namespace Fabrik.Upstreams.FabrikServer;

/// <summary>
/// Sends one artifact. Bytes go from the body to the connection as they lie; the server may answer before it has them
/// all, when it has no use for them or cannot take them, and then the rest is not sent.
/// </summary>
internal sealed class Upload(ServerCalls calls, PipeReader body, PutOptions options)
{
    /// <summary>Less than this waits for more, or for the end: a message has a price of its own.</summary>
    private const int MinChunk = 16 * 1024;

    private long _sent;

    /// <summary>Sends it, and waits for what becomes of it.</summary>
    public async ValueTask<CacheResult<PutOutcome>> RunAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        using var message = calls.Methods.PutChunks.Rent();
        message.Header = HeaderOf(id);
        try
        {
            // Whatever leaves this without an answer resets the call: the server stores nothing then.
            using var call = calls.Invoker.AsyncClientStreamingCall(
                calls.Methods.Put, null, calls.ForTransfer().WithCancellationToken(cancellationToken));
            return await SendAsync(call, message, cancellationToken) is { } fault
                ? fault
                : OutcomeOf(await call.ResponseAsync);
        }
        catch (RpcException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return calls.ErrorOf(failure);
        }
        catch (ObjectDisposedException)
        {
            return calls.Ending();
        }
    }

    private PutRequest HeaderOf(ArtifactId id)
    {
        var header = new PutRequest
        {
            Hash = id.ToString(),
            Overwrite = options.Overwrite,
            TtlMs = (long)(options.TimeToLive?.TotalMilliseconds ?? 0),
        };
        if (options.ExpectedSize is { } size)
        {
            header.SizeBytes = size;
        }

        if (options.ExpectedDigest is { } digest)
        {
            header.Digest = ByteString.CopyFrom(digest.Bytes);
        }

        var metadata = options.Metadata;
        new EntryMetadata(metadata.Tool, metadata.Key, metadata.Properties).Write(header.Metadata);
        return header;
    }

    private async ValueTask<CacheError?> SendAsync(
        AsyncClientStreamingCall<ChunkMessage<PutRequest>, PutResponse> call,
        ChunkMessage<PutRequest> message,
        CancellationToken cancellationToken)
    {
        while (!call.ResponseAsync.IsCompleted)
        {
            var reading = await ReadAsync(cancellationToken);
            if (!reading.TryGet(out var read, out var error))
            {
                return error;
            }

            var rest = read.Buffer;
            try
            {
                error = FaultOf(read);
                while (error is null && rest.Length >= (read.IsCompleted ? 1 : MinChunk))
                {
                    var chunk = rest.Slice(0, Math.Min(rest.Length, calls.ChunkSize));
                    if (!await TryWriteAsync(call, message, chunk, cancellationToken))
                    {
                        return null;
                    }

                    rest = rest.Slice(chunk.End);
                }
            }
            finally
            {
                body.AdvanceTo(rest.Start, rest.End);
            }

            if (error is not null || read.IsCompleted)
            {
                return error ?? await EndAsync(call, message, cancellationToken);
            }
        }

        return null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CacheResult<ReadResult>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or InvalidOperationException
            || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new CacheError(
                CacheErrorKind.Incomplete, CacheErrorSource.Client, "the upload ended early", broken);
        }
    }

    private CacheError? FaultOf(in ReadResult read)
    {
        var size = _sent + read.Buffer.Length;
        return read.IsCanceled ? CacheError.Client(CacheErrorKind.Incomplete, "the upload was broken off")
            : size > options.MaxSize ? CacheError.Client(
                CacheErrorKind.TooLarge, $"the artifact is larger than the limit of {options.MaxSize} bytes")
            : options.ExpectedSize is { } expected && (size > expected || (read.IsCompleted && size < expected))
                ? CacheError.Client(CacheErrorKind.Incomplete, $"{expected} bytes were announced, not {size}")
            : null;
    }

    /// <summary>False when the server has answered already: its answer says what became of the artifact.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryWriteAsync(
        AsyncClientStreamingCall<ChunkMessage<PutRequest>, PutResponse> call,
        ChunkMessage<PutRequest> message,
        ReadOnlySequence<byte> chunk,
        CancellationToken cancellationToken)
    {
        if (call.ResponseAsync.IsCompleted)
        {
            return false;
        }

        try
        {
            message.Chunk = chunk;
            await call.RequestStream.WriteAsync(message, cancellationToken);
            message.Header = null;
            _sent += chunk.Length;
            return true;
        }
        catch (Exception ended) when (ended is RpcException or InvalidOperationException
            && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            message.Chunk = default;
        }
    }

    private async ValueTask<CacheError?> EndAsync(
        AsyncClientStreamingCall<ChunkMessage<PutRequest>, PutResponse> call,
        ChunkMessage<PutRequest> message,
        CancellationToken cancellationToken)
    {
        // An empty artifact is its description alone.
        if (message.Header is null || await TryWriteAsync(call, message, default, cancellationToken))
        {
            await call.RequestStream.CompleteAsync();
        }

        return null;
    }

    private CacheResult<PutOutcome> OutcomeOf(PutResponse answer)
    {
        var outcome = answer.Outcome switch
        {
            PutResponse.Types.Outcome.Stored => PutOutcome.Stored,
            PutResponse.Types.Outcome.Identical => PutOutcome.Identical,
            PutResponse.Types.Outcome.Kept => PutOutcome.Kept,
            _ => answer.Success ? PutOutcome.Stored : PutOutcome.Kept,
        };
        return outcome != PutOutcome.Kept
            && options.ExpectedDigest is { } expected
            && answer.Digest.Length > 0
            && !answer.Digest.Span.SequenceEqual(expected.Bytes)
                ? ServerFaults.Create(
                    CacheErrorKind.DigestMismatch, $"{calls.Name} stored other bytes than {expected}")
                : outcome;
    }
}
