using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.Objects;

/// <summary>
/// A body on its way up. Its bytes are hashed before they are given on, so the last of them is seen by nobody when
/// size or digest are not the announced ones: reading then throws, and the object stays unwritten.
/// </summary>
internal sealed class VerifyingPipeReader(PipeReader inner, long size, ContentDigest digest) : PipeReader, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ReadOnlySequence<byte> _buffer;
    private long _hashed;
    private long _consumed;

    /// <summary>Why reading threw, when it was the body's fault.</summary>
    public CacheError? Failure { get; private set; }

    /// <summary>Whether all of it was read and found right.</summary>
    public bool IsVerified { get; private set; }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _consumed += _buffer.Slice(0, consumed).Length;
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <summary>Does nothing: the body's owner completes it.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult result;
        try
        {
            result = await inner.ReadAsync(cancellationToken);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            Failure ??= new CacheError(
                CacheErrorKind.Incomplete, CacheErrorSource.Client, "the body's sender went away", broken);
            throw;
        }

        Check(result);
        return result;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        var any = inner.TryRead(out result);
        if (any)
        {
            Check(result);
        }

        return any;
    }

    private void Check(in ReadResult result)
    {
        _buffer = result.Buffer;
        var known = _hashed - _consumed;
        foreach (var piece in _buffer.Slice(known))
        {
            _hash.AppendData(piece.Span);
            _hashed += piece.Length;
        }

        if (_hashed > size || (result.IsCompleted && _hashed < size))
        {
            var more = _hashed > size ? " or more" : "";
            Fail(CacheErrorKind.Incomplete, $"the body has {_hashed} bytes{more}, not {size}");
        }
        else if (result.IsCanceled)
        {
            Fail(CacheErrorKind.Incomplete, "reading the body was cancelled");
        }
        else if (_hashed == size && !IsVerified)
        {
            Span<byte> actual = stackalloc byte[ContentDigest.Length];
            _hash.GetCurrentHash(actual);
            IsVerified = digest.Bytes.SequenceEqual(actual);
            if (!IsVerified)
            {
                Fail(CacheErrorKind.DigestMismatch, "the body has another SHA-256 than was announced");
            }
        }
    }

    private void Fail(CacheErrorKind kind, string message)
    {
        IsVerified = false;
        Failure ??= CacheError.Client(kind, message);
        throw new InvalidDataException(message);
    }
}
