using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Fabrik.Cache;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Google.Protobuf;

namespace Fabrik.Server.Rpc.Chunks;

/// <summary>
/// The chunks of a stream as a body: a tier reads them where they were received. The next message is asked for only
/// when a tier wants more, so that a slow disk holds its sender up instead of filling memory.
/// </summary>
/// <remarks>
/// A read ends with an <see cref="IOException"/> when the stream breaks the rules, with <see cref="Fault"/> set, or
/// breaks off; tiers store nothing then.
/// </remarks>
/// <typeparam name="THeader">The message without its chunk.</typeparam>
internal sealed class ChunkReader<THeader> : PipeReader, IDisposable
    where THeader : class, IMessage<THeader>, new()
{
    private readonly IAsyncStreamReader<ChunkMessage<THeader>> _stream;
    private readonly IChunkRules<THeader> _rules;
    private Segment? _first;
    private Segment? _last;
    private Segment? _spare;
    private int _firstStart;
    private bool _mustWait;
    private bool _isEnded;
    private bool _isCancelled;

    /// <summary>A body that begins with the chunk of a message that was read already, and takes it over.</summary>
    public ChunkReader(
        IAsyncStreamReader<ChunkMessage<THeader>> stream,
        ChunkMessage<THeader> first,
        IChunkRules<THeader> rules)
    {
        _stream = stream;
        _rules = rules;
        Add(first);
    }

    /// <summary>What broke the rules.</summary>
    public CacheError? Fault { get; private set; }

    /// <summary>Bytes that came.</summary>
    public long Received { get; private set; }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (!_isCancelled && (_mustWait || _first is null) && !_isEnded)
        {
            result = default;
            return false;
        }

        result = new ReadResult(Buffer(), _isCancelled, _isEnded);
        _isCancelled = false;
        return true;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult result;
        ThrowIfBroken();
        while (!TryRead(out result))
        {
            await ReceiveAsync(cancellationToken);
            ThrowIfBroken();
        }

        return result;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (consumed.GetObject() is not Segment segment)
        {
            // Nothing was there to be consumed.
            _mustWait = true;
            return;
        }

        _mustWait = examined.GetObject() == _last && examined.GetInteger() == _last!.Memory.Length;
        while (_first is not null && _first != segment)
        {
            RemoveFirst();
        }

        _firstStart = consumed.GetInteger();
        if (_first is { } first && first == _last && _firstStart == first.Memory.Length)
        {
            RemoveFirst();
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => _isCancelled = true;

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // Whoever made this disposes of it.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_first is not null)
        {
            RemoveFirst();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await _stream.MoveNext(cancellationToken))
            {
                Fault ??= _rules.FaultOfEnd(Received);
                _isEnded = true;
                return;
            }
        }
        catch (Exception broken) when (broken is RpcException or InvalidOperationException)
        {
            throw new IOException("the stream broke off", broken);
        }

        Add(_stream.Current);
    }

    private void Add(ChunkMessage<THeader> message)
    {
        var length = message.Chunk.Length;
        Fault ??= _rules.FaultOf(message.Header, length, Received);
        Received += length;
        if (length == 0 || Fault is not null)
        {
            message.Dispose();
            return;
        }

        var segment = _spare ?? new Segment();
        _spare = null;
        segment.Take(message, behind: _last);
        _first ??= segment;
        _last = segment;
        _mustWait = false;
    }

    private void ThrowIfBroken()
    {
        if (Fault is { } fault)
        {
            throw new IOException(fault.Message);
        }
    }

    private ReadOnlySequence<byte> Buffer() => _first is { } first
        ? new ReadOnlySequence<byte>(first, _firstStart, _last!, _last!.Memory.Length)
        : ReadOnlySequence<byte>.Empty;

    private void RemoveFirst()
    {
        var first = _first!;
        _first = (Segment?)first.Next;
        _firstStart = 0;
        if (_first is null)
        {
            _last = null;
        }

        _spare = first.LetGo();
    }

    /// <summary>A chunk within the body, and the message that owns its memory.</summary>
    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        private ChunkMessage<THeader>? _message;

        public void Take(ChunkMessage<THeader> message, Segment? behind)
        {
            _message = message;
            Memory = message.Chunk.First;
            if (behind is not null)
            {
                RunningIndex = behind.RunningIndex + behind.Memory.Length;
                behind.Next = this;
            }
        }

        public Segment LetGo()
        {
            _message?.Dispose();
            (_message, Memory, Next, RunningIndex) = (null, default, null, 0);
            return this;
        }
    }
}
