using System.Text;

namespace Fabrik.MemcachedBench;

/// <summary>
/// Compares what comes with what has to come, byte by byte. The values of a retrieval may come in any order, as those
/// of several servers do.
/// </summary>
internal sealed class AnswerCheck(Workload workload)
{
    private static readonly byte[] Stored = "STORED\r\n"u8.ToArray();
    private static readonly byte[] End = "END\r\n"u8.ToArray();

    private readonly byte[] _head = new byte[Workload.HeadLength];
    private byte[]? _expected;
    private int _position;
    private int _valuesLeft;
    private int _request;
    private UInt128 _seen;

    /// <summary>Begins the answer to a request.</summary>
    public void Begin(int request)
    {
        (_request, _position, _seen) = (request, 0, UInt128.Zero);
        _expected = workload.IsSet ? Stored : null;
        _valuesLeft = workload.IsSet ? 0 : workload.MultiGet;
    }

    /// <summary>Takes bytes of the answer away.</summary>
    /// <returns>Whether the answer has ended.</returns>
    /// <exception cref="InvalidDataException">It is not the answer to the request.</exception>
    public bool Take(ref ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (_expected is null)
            {
                TakeHead(ref input);
                continue;
            }

            var length = Math.Min(input.Length, _expected.Length - _position);
            if (!input[..length].SequenceEqual(_expected.AsSpan(_position, length)))
            {
                throw Wrong(input);
            }

            input = input[length..];
            _position += length;
            if (_position == _expected.Length && IsLast())
            {
                return true;
            }
        }

        return false;
    }

    private bool IsLast()
    {
        if (_valuesLeft == 0)
        {
            return true;
        }

        _valuesLeft--;
        _position = 0;
        _expected = _valuesLeft == 0 ? End : null;
        return false;
    }

    private void TakeHead(ref ReadOnlySpan<byte> input)
    {
        var length = Math.Min(input.Length, _head.Length - _position);
        input[..length].CopyTo(_head.AsSpan(_position));
        _position += length;
        if (_position < _head.Length)
        {
            input = input[length..];
            return;
        }

        var place = workload.Find(_head, _request, out var value);
        var bit = place < 0 ? UInt128.Zero : UInt128.One << place;
        if (place < 0 || (_seen & bit) != 0 || !value.AsSpan().StartsWith(_head))
        {
            throw Wrong(input);
        }

        input = input[length..];
        _seen |= bit;
        _expected = value;
    }

    private InvalidDataException Wrong(ReadOnlySpan<byte> input)
    {
        var before = _expected is null ? Encoding.Latin1.GetString(_head) : "";
        var part = Encoding.Latin1.GetString(input[..Math.Min(input.Length, 100)]);
        return new InvalidDataException($"A wrong answer to request {_request}: \"{before}{part}\".");
    }
}
