using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fabrik.Memcached.Loop;

namespace Fabrik.MemcachedBench;

/// <summary>
/// One thread with all clients. Without a rate each client always has the same number of requests under way; with one,
/// requests are due at even times, and each is waited for from when it was due, however late it left.
/// </summary>
internal sealed unsafe class LoadLoop : IDisposable
{
    private const int Capacity = 512;
    private const int MostLate = 4096;

    private readonly byte[] _events = GC.AllocateArray<byte>(Capacity * 16, pinned: true);
    private readonly LoadConnection[] _connections;
    private readonly bool[] _isBlocked;
    private readonly int _epoll = Epoll.Create(Epoll.CloseOnExec);
    private readonly int _depth;
    private readonly int _rate;
    private long _due;
    private long _begin;
    private int _next;
    private bool _isStopping;

    /// <summary>Connects the clients.</summary>
    public LoadLoop(EndPoint target, Workload workload, Arguments arguments)
    {
        _depth = arguments.Number("depth", 1);
        _rate = arguments.Number("rate", 0);
        var room = GC.AllocateArray<byte>(256 * 1024, pinned: true);
        _connections = new LoadConnection[arguments.Number("connections", 50)];
        _isBlocked = new bool[_connections.Length];
        for (var i = 0; i < _connections.Length; i++)
        {
            _connections[i] = new LoadConnection(target, workload, room, _rate > 0 ? MostLate : _depth);
            Watch(Epoll.Add, i, Epoll.In);
        }
    }

    /// <summary>Where the time of each request goes.</summary>
    public Histogram Times { get; set; } = new();

    /// <summary>Sends the first requests.</summary>
    public void Begin()
    {
        Native.WakeOnTime();
        _begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < _connections.Length && _rate == 0; i++)
        {
            Ask(i, _depth);
        }
    }

    /// <summary>Goes on for a time.</summary>
    public void Run(TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            Turn();
        }
    }

    /// <summary>Waits for the answers that are to come.</summary>
    public void End()
    {
        _isStopping = true;
        while (Array.Exists(_connections, static c => c.UnderWay > 0))
        {
            Turn();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_connections, static c => c.Close());
        _ = Epoll.Close(_epoll);
    }

    private void Turn()
    {
        var wait = 100_000_000L;
        if (_rate > 0 && !_isStopping)
        {
            wait = Math.Max(0, AskDue()) * 1_000_000_000 / Stopwatch.Frequency;
        }

        var time = new Native.TimeSpec { Nanoseconds = Math.Min(wait, 999_999_999) };
        var events = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_events));
        var count = Native.Wait(_epoll, events, Capacity, &time, null);
        for (var i = 0; i < count; i++)
        {
            var index = *(int*)(events + (i * Epoll.EventSize) + Epoll.DataOffset);
            var answers = _connections[index].Receive(Times);
            if (answers > 0 && _rate == 0 && !_isStopping)
            {
                Ask(index, answers);
            }
            else if (_connections[index].IsBlocked)
            {
                Send(index);
            }
        }
    }

    // Returns how long it is until the next one is due.
    private long AskDue()
    {
        var now = Stopwatch.GetTimestamp();
        while (true)
        {
            var due = _begin + (long)((double)_due * Stopwatch.Frequency / _rate);
            if (due > now)
            {
                return due - now;
            }

            var index = (int)(_due++ % _connections.Length);
            _connections[index].Ask(_next++ & int.MaxValue, due);
            Send(index);
        }
    }

    private void Ask(int index, int count)
    {
        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            _connections[index].Ask(_next++ & int.MaxValue, now);
        }

        Send(index);
    }

    private void Send(int index)
    {
        _connections[index].Send();
        if (_isBlocked[index] != _connections[index].IsBlocked)
        {
            _isBlocked[index] = !_isBlocked[index];
            Watch(Epoll.Modify, index, _isBlocked[index] ? Epoll.In | Epoll.Out : Epoll.In);
        }
    }

    private void Watch(int operation, int index, uint mask)
    {
        var change = stackalloc byte[16];
        Unsafe.WriteUnaligned(change, mask);
        Unsafe.WriteUnaligned(change + Epoll.DataOffset, (long)index);
        if (Epoll.Control(_epoll, operation, _connections[index].Descriptor, change) < 0)
        {
            throw new InvalidOperationException("epoll_ctl failed.");
        }
    }
}
