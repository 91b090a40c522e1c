using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fabrik.MemcachedBench;

/// <summary>A client: requests leave together, and each answer is compared with what was asked.</summary>
internal sealed class LoadConnection
{
    private const int Large = 16 * 1024;

    private readonly Workload _workload;
    private readonly AnswerCheck _check;
    private readonly byte[] _room;
    private readonly (int Request, long Since)[] _asked;
    private readonly Socket _socket;
    private int _oldest;
    private int _underWay;
    private int _unsent;
    private int _sentOfFirst;
    private bool _isAnswering;

    /// <summary>Makes one, which is connected.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="workload">What is asked.</param>
    /// <param name="room">Room to receive into and to gather in, which all may share.</param>
    /// <param name="depth">Requests that may be under way at the same time.</param>
    public LoadConnection(EndPoint target, Workload workload, byte[] room, int depth)
    {
        (_workload, _room, _check) = (workload, room, new AnswerCheck(workload));
        _asked = new (int, long)[BitOperations.RoundUpToPowerOf2((uint)depth)];
        _socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(target);
        _socket.Blocking = false;
        Descriptor = (int)_socket.Handle;
    }

    /// <summary>Its socket.</summary>
    public int Descriptor { get; }

    /// <summary>Requests whose answers are to come.</summary>
    public int UnderWay => _underWay;

    /// <summary>Whether it waits for room to send.</summary>
    public bool IsBlocked => _unsent > 0;

    /// <summary>Adds a request, which <see cref="Send"/> sends.</summary>
    /// <param name="request">Its number.</param>
    /// <param name="since">From when on its answer is waited for.</param>
    public void Ask(int request, long since)
    {
        if (_underWay == _asked.Length)
        {
            throw new InvalidOperationException($"{_underWay} answers are late: the rate is too high for the server.");
        }

        At(_underWay++) = (request, since);
        _unsent++;
    }

    /// <summary>Receives once.</summary>
    /// <param name="times">Told how long each request took.</param>
    /// <returns>How many answers have come.</returns>
    public unsafe int Receive(Histogram times)
    {
        nint count;
        fixed (byte* room = _room)
        {
            count = Native.Receive(Descriptor, room, _room.Length, 0);
        }

        if (count <= 0)
        {
            return count < 0 && Marshal.GetLastPInvokeError() == Native.WouldBlock
                ? 0
                : throw new InvalidDataException("The server has closed a connection.");
        }

        var now = Stopwatch.GetTimestamp();
        var answers = 0;
        ReadOnlySpan<byte> input = _room.AsSpan(0, (int)count);
        while (!input.IsEmpty)
        {
            if (!_isAnswering)
            {
                var isAsked = _underWay > _unsent;
                _check.Begin(isAsked ? At(0).Request : throw new InvalidDataException("An answer too many."));
                _isAnswering = true;
            }

            if (_check.Take(ref input))
            {
                _isAnswering = false;
                times.Add(now - At(0).Since);
                _oldest++;
                _underWay--;
                answers++;
            }
        }

        return answers;
    }

    /// <summary>Sends what there is, until there is no more room.</summary>
    public unsafe void Send()
    {
        while (_unsent > 0)
        {
            var piece = Gather();
            nint sent;
            fixed (byte* bytes = piece)
            {
                sent = Native.Send(Descriptor, bytes, piece.Length, Native.NoSignal);
            }

            if (sent < 0)
            {
                if (Marshal.GetLastPInvokeError() != Native.WouldBlock)
                {
                    throw new InvalidDataException("A connection broke.");
                }

                return;
            }

            Advance((int)sent);
            if (sent < piece.Length)
            {
                return;
            }
        }
    }

    /// <summary>Closes it.</summary>
    public void Close() => _socket.Dispose();

    private ref (int Request, long Since) At(int index) => ref _asked[(_oldest + index) & (_asked.Length - 1)];

    private ReadOnlySpan<byte> Gather()
    {
        var first = _workload.Request(At(_underWay - _unsent).Request).AsSpan(_sentOfFirst);
        if (_unsent == 1 || first.Length >= Large)
        {
            return first;
        }

        var length = 0;
        for (var i = 0; i < _unsent; i++)
        {
            var request = i == 0 ? first : _workload.Request(At(_underWay - _unsent + i).Request);
            if (length + request.Length > _room.Length)
            {
                break;
            }

            request.CopyTo(_room.AsSpan(length));
            length += request.Length;
        }

        return _room.AsSpan(0, length);
    }

    private void Advance(int sent)
    {
        while (sent > 0)
        {
            var left = _workload.Request(At(_underWay - _unsent).Request).Length - _sentOfFirst;
            if (sent < left)
            {
                _sentOfFirst += sent;
                return;
            }

            sent -= left;
            _sentOfFirst = 0;
            _unsent--;
        }
    }
}
