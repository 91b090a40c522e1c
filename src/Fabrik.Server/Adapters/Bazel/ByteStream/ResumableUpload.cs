using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Server.Rpc.Chunks;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Google.Bytestream;

namespace Fabrik.Server.Adapters.Bazel.ByteStream;

/// <summary>
/// An upload that may outlive its call: the messages of one stream after the other, as one body. While there is no
/// stream, the tier that stores the body waits with what it has, so nothing is kept twice.
/// </summary>
internal sealed class ResumableUpload : IAsyncStreamReader<ChunkMessage<WriteRequest>>
{
    private readonly ParkedUploads _parked;
    private readonly WriteRules _rules;
    private IAsyncStreamReader<ChunkMessage<WriteRequest>> _stream;
    private ChunkMessage<WriteRequest>? _first;
    private CancellationToken _ended;
    private TaskCompletionSource _pause = NewSource();
    private TaskCompletionSource<bool> _continuation = NewAnswer();
    private long _counted;

    /// <summary>Begins an upload.</summary>
    /// <param name="key">Whose it is, and its name.</param>
    /// <param name="parked">Where it waits when it breaks off.</param>
    /// <param name="rules">What the streams may say.</param>
    /// <param name="stream">The first stream, whose first message is read and becomes this upload's.</param>
    /// <param name="ended">Ends with the call of that stream.</param>
    public ResumableUpload(
        (string Tenant, ResourceName Name) key,
        ParkedUploads parked,
        WriteRules rules,
        IAsyncStreamReader<ChunkMessage<WriteRequest>> stream,
        CancellationToken ended)
    {
        Key = key;
        (_parked, _rules, _stream, _first, _ended) = (parked, rules, stream, stream.Current, ended);
    }

    /// <summary>Whose it is, and its name.</summary>
    public (string Tenant, ResourceName Name) Key { get; }

    /// <summary>Bytes that came.</summary>
    public long Received => _rules.Received;

    /// <summary>Whether its last stream ended without saying that it does, and it does not wait.</summary>
    public bool IsUnfinished => _rules.IsUnfinished;

    /// <summary>What comes of it; runs on while no call does.</summary>
    public Task<CacheResult<PutOutcome>> Stored { get; private set; } = null!;

    /// <inheritdoc/>
    public ChunkMessage<WriteRequest> Current => _first ?? _stream.Current;

    /// <summary>Has it stored.</summary>
    /// <param name="put">Stores a body.</param>
    /// <returns>Ends when the stream has, and another one may go on.</returns>
    public Task Start(Func<PipeReader, ValueTask<CacheResult<PutOutcome>>> put)
    {
        var pause = _pause.Task;
        Stored = StoreAsync(put);
        return pause;
    }

    /// <summary>Goes on with another stream, whose first message is read and becomes this upload's.</summary>
    /// <returns>Ends when the stream has, and another one may go on.</returns>
    public Task Continue(IAsyncStreamReader<ChunkMessage<WriteRequest>> stream, CancellationToken ended)
    {
        (_stream, _first, _ended) = (stream, stream.Current, ended);
        _rules.Reopen();
        _pause = NewSource();
        var pause = _pause.Task;
        var continuation = _continuation;
        _continuation = NewAnswer();
        continuation.SetResult(true);
        return pause;
    }

    /// <summary>Waits for no other stream: what came is dropped.</summary>
    public void GiveUp() => _continuation.TrySetResult(false);

    /// <summary>Bytes that came since this was asked last.</summary>
    public long TakeUncounted()
    {
        var received = Received;
        return received - Interlocked.Exchange(ref _counted, received);
    }

    /// <inheritdoc/>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _first = null;
        Exception? broken = null;
        try
        {
            if (await _stream.MoveNext(_ended))
            {
                return true;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            broken = exception;
        }

        if (broken is null && _rules.IsFinished)
        {
            return false;
        }

        var (pause, continuation) = (_pause, _continuation.Task);
        if (!_parked.TryPark(this))
        {
            return broken is null ? false : throw new IOException("the stream broke off", broken);
        }

        pause.SetResult();
        return await continuation ? true : throw new IOException("the upload broke off, and nobody went on with it");
    }

    private async Task<CacheResult<PutOutcome>> StoreAsync(
        Func<PipeReader, ValueTask<CacheResult<PutOutcome>>> put)
    {
        // Whoever finds this parked finds the task too.
        await Task.Yield();
        using var body = new ChunkReader<WriteRequest>(this, Current, _rules);
        var stored = await put(body);
        return stored.Error is not null && body.Fault is { } fault ? fault : stored;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource<bool> NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
