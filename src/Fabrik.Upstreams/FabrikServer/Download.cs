using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Fabrik.V1;

namespace Fabrik.Upstreams.FabrikServer;

/// <summary>One answer to Get that is open: its first message is here, the rest is on its way.</summary>
internal sealed class Download : IDisposable
{
    private readonly ServerCalls _calls;
    private readonly AsyncServerStreamingCall<ChunkMessage<GetResponse>> _call;
    private ChunkMessage<GetResponse>? _message;

    private Download(ServerCalls calls, AsyncServerStreamingCall<ChunkMessage<GetResponse>> call)
    {
        _calls = calls;
        _call = call;
    }

    /// <summary>What the server says of the artifact.</summary>
    public ArtifactInfo Info { get; private set; } = null!;

    /// <summary>The bytes that are here.</summary>
    public ReadOnlySequence<byte> Here => _message?.Chunk ?? ReadOnlySequence<byte>.Empty;

    /// <summary>Asks for a part of an artifact; <see langword="null"/> is a miss.</summary>
    /// <param name="calls">The server.</param>
    /// <param name="id">The artifact.</param>
    /// <param name="range">Where the part begins, and its length; 0 for all there is.</param>
    /// <param name="cancellationToken">Ends the call while this waits.</param>
    public static async ValueTask<CacheResult<Download?>> OpenAsync(
        ServerCalls calls, ArtifactId id, (long Offset, long Limit) range, CancellationToken cancellationToken)
    {
        var request = new GetRequest
        {
            Hash = id.ToString(),
            Offset = range.Offset,
            Limit = range.Limit,
            AllowMissing = true,
        };
        Download? download = null;
        try
        {
            download = new Download(
                calls, calls.Invoker.AsyncServerStreamingCall(calls.Methods.Get, null, calls.ForTransfer(), request));
            return !await download.NextAsync(cancellationToken) ? default(Download)
                : download.Start(id) is { } error ? error
                : download;
        }
        catch (RpcException failure) when (failure.StatusCode == StatusCode.NotFound)
        {
            // A server that does not know how to allow it.
            return (Download?)null;
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
        finally
        {
            if (download is { Info: null })
            {
                download.Dispose();
            }
        }
    }

    /// <summary>
    /// Passes the next <paramref name="length"/> bytes on as they come. Of a whole artifact the last piece is held back
    /// until the digest is known to be right.
    /// </summary>
    public async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long length, CancellationToken cancellationToken)
    {
        using var check = _calls.ChecksDigests && length == Info.Size ? new DigestCheck(Info.Digest) : null;
        try
        {
            while (true)
            {
                var piece = Here;
                if (piece.Length > length)
                {
                    return _calls.Broken("sent more bytes than it announced");
                }

                length -= piece.Length;
                check?.Add(piece);
                if (length == 0)
                {
                    return await EndAsync(destination, piece, check, cancellationToken);
                }

                if (await SendAsync(destination, piece, cancellationToken) is { } refusal)
                {
                    return refusal;
                }

                if (!await NextAsync(cancellationToken))
                {
                    return ServerFaults.Create(
                        CacheErrorKind.Incomplete, $"{_calls.Name} ended {length} bytes too early");
                }
            }
        }
        catch (RpcException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return _calls.ErrorOf(failure);
        }
    }

    /// <summary>
    /// Reads to the end of the answer when all bytes are here, and checks them; then they can be used as they lie.
    /// </summary>
    public async ValueTask<CacheError?> FinishAsync(CancellationToken cancellationToken)
    {
        if (_calls.ChecksDigests && !DigestCheck.IsOf(Here, Info.Digest))
        {
            return Mismatch();
        }

        // The answer's end is read while its only message is kept.
        try
        {
            return await _call.ResponseStream.MoveNext(cancellationToken) ? Surplus() : null;
        }
        catch (RpcException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return _calls.ErrorOf(failure);
        }
    }

    /// <summary>Lets the bytes and the call go.</summary>
    public void Dispose()
    {
        _message?.Dispose();
        _message = null;
        _call.Dispose();
    }

    private CacheError? Start(ArtifactId id)
    {
        if (_message is not { Header: { } header } || ServerDescriptions.Read(id, header) is not { } info)
        {
            return _calls.Broken("said no size and digest: it speaks an older protocol than version 1, or another one");
        }

        Info = info;
        return null;
    }

    private async ValueTask<CacheResult<Unit>> EndAsync(
        PipeWriter destination, ReadOnlySequence<byte> last, DigestCheck? check, CancellationToken cancellationToken)
    {
        if (check is not null && !check.IsRight())
        {
            return Mismatch();
        }

        if (await SendAsync(destination, last, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        // A call that is read to its end leaves the connection as it was; any other one is reset.
        return await NextAsync(cancellationToken) ? Surplus() : default(Unit);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<CacheError?> SendAsync(
        PipeWriter destination, ReadOnlySequence<byte> piece, CancellationToken cancellationToken)
    {
        foreach (var segment in piece)
        {
            destination.Write(segment.Span);
        }

        var flush = await destination.FlushAsync(cancellationToken);
        return flush.IsCompleted || flush.IsCanceled
            ? CacheError.Client(CacheErrorKind.Incomplete, "the receiver of an artifact took no more of it")
            : null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        _message?.Dispose();
        _message = null;
        if (!await _call.ResponseStream.MoveNext(cancellationToken))
        {
            return false;
        }

        _message = _call.ResponseStream.Current;
        return true;
    }

    private CacheError Mismatch() =>
        ServerFaults.Create(CacheErrorKind.DigestMismatch, $"{_calls.Name} sent other bytes than {Info.Digest}");

    private CacheError Surplus() => _calls.Broken("sent more than it announced");
}
