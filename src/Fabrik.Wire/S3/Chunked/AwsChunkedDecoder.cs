using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Wire.S3.Chunked;

/// <summary>
/// Reads an aws-chunked payload as it arrives. Data are handed on at once, as slices of the caller's buffer; a signed
/// chunk is verified at its end, so data are to be trusted only when a later step came without a fault, and the whole
/// only after <see cref="AwsChunkedStep.End"/> or a clean <see cref="Complete"/>. Not safe to share between threads.
/// </summary>
/// <param name="options">How the payload is framed.</param>
public sealed class AwsChunkedDecoder(AwsChunkedOptions options) : IDisposable
{
    private readonly IncrementalHash? _hash =
        options.Signer is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private readonly byte[] _signature = new byte[ChunkSigner.SignatureLength];
    private readonly AwsChunkedTrailers _trailers = new(options);
    private State _state = State.Head;
    private long _left;

    private enum State
    {
        Head,
        Data,
        DataEnd,
        LastEnd,
        Trailers,
        End,
        Fault,
    }

    /// <summary>What is wrong; None as long as nothing is.</summary>
    public AwsChunkedFault Fault { get; private set; }

    /// <summary>How many bytes of data were handed on.</summary>
    public long DecodedLength { get; private set; }

    /// <summary>The value of a trailer, after the end; null if it did not come.</summary>
    /// <param name="name">Its name, lower-case.</param>
    public string? Trailer(string name) => _trailers.Find(name);

    /// <summary>
    /// Takes one step: up to the next data, the end, a fault, or the end of the buffer. Call it again with the rest of
    /// the buffer as long as it gives data.
    /// </summary>
    /// <param name="buffer">What has arrived and was not consumed.</param>
    /// <param name="consumed">Up to here the buffer is done with; the data lie before it.</param>
    /// <param name="examined">Up to here it was looked at, for a pipe reader.</param>
    /// <param name="data">Data, a slice of the buffer; empty unless the answer is Data.</param>
    public AwsChunkedStep Read(
        in ReadOnlySequence<byte> buffer,
        out SequencePosition consumed,
        out SequencePosition examined,
        out ReadOnlySequence<byte> data)
    {
        var reader = new SequenceReader<byte>(buffer);
        data = default;
        while (data.IsEmpty && Advance(ref reader, ref data))
        {
            // Each turn reads one element: a head, data, a line end, or the trailers.
        }

        consumed = reader.Position;
        examined = data.IsEmpty ? buffer.End : consumed;
        return _state == State.Fault ? AwsChunkedStep.Fault
            : !data.IsEmpty ? AwsChunkedStep.Data
            : _state == State.End ? AwsChunkedStep.End
            : AwsChunkedStep.NeedMore;
    }

    /// <summary>
    /// Tells that nothing more comes. Ok if the payload was read to its end; the empty line at the very end may be
    /// missing, as in the examples of the S3 documentation.
    /// </summary>
    public AwsChunkedFault Complete()
    {
        if (_state == State.Trailers)
        {
            Finish(_trailers.Finish());
        }
        else if (_state == State.LastEnd)
        {
            Finish(AwsChunkedFault.None);
        }
        else if (_state is not (State.End or State.Fault))
        {
            Finish(AwsChunkedFault.Truncated);
        }

        return Fault;
    }

    /// <summary>Frees the hash.</summary>
    public void Dispose() => _hash?.Dispose();

    /// <summary>Reads one element; false if it is not all there, or there is nothing more to read.</summary>
    private bool Advance(ref SequenceReader<byte> reader, ref ReadOnlySequence<byte> data) => _state switch
    {
        State.Head => ReadHead(ref reader),
        State.Data => TakeData(ref reader, ref data),
        State.DataEnd or State.LastEnd => ReadDataEnd(ref reader),
        State.Trailers => ReadTrailer(ref reader),
        State.End when !reader.End => Finish(AwsChunkedFault.Malformed),
        _ => false,
    };

    private bool ReadHead(ref SequenceReader<byte> reader)
    {
        // The longest that is valid: 16 hex digits, ";chunk-signature=", 64 hex digits, CR.
        Span<byte> copy = stackalloc byte[128];
        if (!TryReadLine(ref reader, options.MaxHeadLength, out var line))
        {
            return false;
        }

        line.Slice(0, Math.Min(line.Length, copy.Length)).CopyTo(copy);
        if (line.Length > copy.Length || !TryParseHead(copy[..(int)line.Length], out var size))
        {
            return Finish(AwsChunkedFault.Malformed);
        }

        if (options.DecodedLength is { } told && (size > told - DecodedLength || (size == 0 && told != DecodedLength)))
        {
            return Finish(AwsChunkedFault.LengthMismatch);
        }

        _left = size;
        if (size > 0)
        {
            _state = State.Data;
            return true;
        }

        _state = options.HasTrailers ? State.Trailers : State.LastEnd;
        return IsChunkGenuine() || Finish(AwsChunkedFault.SignatureMismatch);
    }

    /// <summary>Reads <c>size[;chunk-signature=hex]CR</c>; with the signature just where chunks are signed.</summary>
    private bool TryParseHead(ReadOnlySpan<byte> line, out long size)
    {
        size = 0;
        if (line.IsEmpty || line[^1] != '\r')
        {
            return false;
        }

        line = line[..^1];
        var semicolon = line.IndexOf((byte)';');
        var digits = semicolon < 0 ? line : line[..semicolon];
        if (digits.Length is 0 or > 16
            || !Utf8Parser.TryParse(digits, out size, out var read, 'x')
            || read != digits.Length
            || size < 0)
        {
            return false;
        }

        var extension = semicolon < 0 ? default : line[semicolon..];
        if (!options.HasSignatures)
        {
            return extension.IsEmpty;
        }

        var name = ";chunk-signature="u8;
        if (!extension.StartsWith(name) || extension.Length != name.Length + ChunkSigner.SignatureLength)
        {
            return false;
        }

        extension[name.Length..].CopyTo(_signature);
        return true;
    }

    private bool TakeData(ref SequenceReader<byte> reader, ref ReadOnlySequence<byte> data)
    {
        var length = Math.Min(_left, reader.Remaining);
        data = reader.UnreadSequence.Slice(0, length);
        reader.Advance(length);
        if (_hash is not null)
        {
            foreach (var piece in data)
            {
                _hash.AppendData(piece.Span);
            }
        }

        _left -= length;
        DecodedLength += length;
        _state = _left == 0 ? State.DataEnd : State.Data;
        return length > 0;
    }

    /// <summary>The line end behind a chunk's data; behind the empty chunk it is the end of the payload.</summary>
    private bool ReadDataEnd(ref SequenceReader<byte> reader)
    {
        if (!reader.IsNext("\r\n"u8, advancePast: true))
        {
            var mayStillCome = reader.End || (reader.Remaining == 1 && reader.IsNext((byte)'\r'));
            return !mayStillCome && Finish(AwsChunkedFault.Malformed);
        }

        if (_state == State.LastEnd)
        {
            return Finish(AwsChunkedFault.None);
        }

        _state = State.Head;
        return IsChunkGenuine() || Finish(AwsChunkedFault.SignatureMismatch);
    }

    private bool ReadTrailer(ref SequenceReader<byte> reader)
    {
        if (!TryReadLine(ref reader, options.MaxTrailersLength, out var line))
        {
            return false;
        }

        var fault = _trailers.Add(line);
        if (fault != AwsChunkedFault.None)
        {
            return Finish(fault);
        }

        // Some send an empty line in front of the trailers too: it is the end only if all have come.
        var isEmpty = line.IsEmpty || (line.Length == 1 && line.FirstSpan[0] == '\r');
        return !(isEmpty && _trailers.IsComplete) || Finish(_trailers.Finish());
    }

    private bool TryReadLine(ref SequenceReader<byte> reader, int limit, out ReadOnlySequence<byte> line)
    {
        var isThere = reader.TryReadTo(out line, (byte)'\n');
        if ((isThere ? line.Length : reader.Remaining) > limit)
        {
            Finish(AwsChunkedFault.TooLong);
            return false;
        }

        return isThere;
    }

    private bool IsChunkGenuine()
    {
        if (_hash is null || options.Signer is null)
        {
            return true;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[ChunkSigner.SignatureLength];
        _hash.GetHashAndReset(hash);
        options.Signer.SignChunk(hash, expected);
        return CryptographicOperations.FixedTimeEquals(expected, _signature);
    }

    /// <summary>Goes to the end, good or bad. True after a good end, so that what follows it is seen.</summary>
    private bool Finish(AwsChunkedFault fault)
    {
        Fault = fault;
        _state = fault == AwsChunkedFault.None ? State.End : State.Fault;
        return fault == AwsChunkedFault.None;
    }
}
