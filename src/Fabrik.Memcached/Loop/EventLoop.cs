using System.Collections.Concurrent;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Requests;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Loop;

/// <summary>
/// A thread that waits for sockets and does all that belongs to them. In each turn it reads from all that have
/// something, does what was posted and what is due, and then sends, once for each connection. What can wait is left for
/// some turns as long as sockets are ready: servers get, and answer, more at once then. Nothing is left when the loop
/// has nothing else to do.
/// </summary>
internal sealed class EventLoop : ILoop, IDisposable
{
    private const int MaxPostedInTurn = 1024;
    private const int MaxTurnsLeft = 4;
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Granularity = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentQueue<Posted> _inbox = new();
    private readonly TimerQueue _timers = new();
    private readonly List<IFlushable> _dirty = [];
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly long _granularity;
    private int _isAsleep;
    private int _turnsLeft;
    private bool _isStopping;
    private bool _hasStopped;

    /// <summary>Makes one, which runs from <see cref="Start"/> on.</summary>
    /// <param name="name">Its name, of its thread too.</param>
    /// <param name="poller">What it waits in; the loop disposes of it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where bugs are told.</param>
    public EventLoop(string name, IPoller poller, TimeProvider time, ILogger log)
    {
        Poller = poller;
        Time = time;
        _log = log;
        Arena = new ReceiveArena(Blocks);
        Now = time.GetTimestamp();
        _granularity = Ticks(Granularity);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <inheritdoc/>
    public TimeProvider Time { get; }

    /// <inheritdoc/>
    public long Now { get; private set; }

    /// <inheritdoc/>
    public BlockPool Blocks { get; } = new();

    /// <inheritdoc/>
    public RequestPool Requests { get; } = new();

    /// <summary>Answers that are to come.</summary>
    public PendingReplyPool PendingReplies { get; } = new();

    /// <summary>Where what comes in small pieces is received.</summary>
    public ReceiveArena Arena { get; }

    /// <summary>Where what is sent together is gathered.</summary>
    public List<ArraySegment<byte>> Pieces { get; } = new(OutQueue.MaxGathered);

    /// <summary>What it waits in.</summary>
    public IPoller Poller { get; }

    /// <inheritdoc/>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Whether its thread has ended: what is posted from now on is never done.</summary>
    public bool HasStopped => Volatile.Read(ref _hasStopped);

    /// <summary>The poller that is best here.</summary>
    public static IPoller CreatePoller() => OperatingSystem.IsLinux() ? new EpollPoller() : new SelectPoller();

    /// <summary>Begins.</summary>
    public void Start() => _thread.Start();

    /// <inheritdoc/>
    public void Post(Action<object?> work, object? state)
    {
        _inbox.Enqueue(new Posted(work, state));
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAsleep) != 0 && Interlocked.Exchange(ref _isAsleep, 0) != 0)
        {
            Poller.Wake();
        }
    }

    /// <inheritdoc/>
    public void Schedule(ILoopTimer timer, TimeSpan delay)
    {
        var due = Now + Ticks(delay);
        _timers.Add(timer, due + _granularity - (due % _granularity));
    }

    /// <summary>Has <see cref="IFlushable.Flush"/> called at the end of this turn, or soon when it can wait.</summary>
    public void MarkDirty(IFlushable writer)
    {
        if (!writer.IsDirty)
        {
            writer.IsDirty = true;
            _dirty.Add(writer);
        }
    }

    /// <summary>How long a time is, in timestamps.</summary>
    public long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Time.TimestampFrequency);

    /// <summary>How long ago a timestamp was when this turn began, in microseconds; at least 0.</summary>
    public long MicrosecondsSince(long timestamp) =>
        Math.Max(0, (Now - timestamp) * 1_000_000 / Time.TimestampFrequency);

    /// <summary>
    /// Ends the thread after the turn it is in, and waits for that; one that does not end in half a minute is left to
    /// the end of the process.
    /// </summary>
    public void Dispose()
    {
        if (_thread.IsAlive)
        {
            Post(static loop => ((EventLoop)loop!)._isStopping = true, this);
            if (!_thread.Join(LongestEnd))
            {
                Log.Stuck(_log, _thread.Name!, LongestEnd.TotalSeconds);
                return;
            }
        }

        Poller.Dispose();
    }

    private void Run()
    {
        while (!_isStopping)
        {
            var isBusy = Poller.Wait(_turnsLeft > 0 ? 0 : WaitTime());
            Volatile.Write(ref _isAsleep, 0);
            Now = Time.GetTimestamp();
            Dispatch();
            DoPosted();
            DoDue();
            Flush(isBusy && _turnsLeft < MaxTurnsLeft);
        }

        // What was posted before anybody could know is done all the same.
        Volatile.Write(ref _hasStopped, true);
        Interlocked.MemoryBarrier();
        DoPosted();
    }

    private void Dispatch()
    {
        try
        {
            Poller.Dispatch();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What failed could not even be ended. The others are told again, as they are still ready.
            Log.WorkFailed(_log, e);
        }
    }

    private int WaitTime()
    {
        Volatile.Write(ref _isAsleep, 1);
        Interlocked.MemoryBarrier();
        if (!_inbox.IsEmpty)
        {
            return 0;
        }

        var due = _timers.NextDue;
        if (due == long.MaxValue)
        {
            return -1;
        }

        // A clock that is not the system's may jump at any time: then it is looked at often.
        var wait = (int)Math.Min(int.MaxValue, Time.GetElapsedTime(Now, due).TotalMilliseconds + 1);
        return due <= Now ? 0 : Time == TimeProvider.System ? wait : Granularity.Milliseconds;
    }

    private void DoPosted()
    {
        for (var i = 0; i < MaxPostedInTurn && _inbox.TryDequeue(out var posted); i++)
        {
            try
            {
                posted.Work(posted.State);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.WorkFailed(_log, e);
            }
        }
    }

    private void DoDue()
    {
        while (_timers.TakeDue(Now) is { } timer)
        {
            try
            {
                timer.OnTime();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.WorkFailed(_log, e);
            }
        }
    }

    private void Flush(bool mayLeave)
    {
        var left = 0;

        // What is sent may fail, and that may give others something to send.
        for (var i = 0; i < _dirty.Count; i++)
        {
            var writer = _dirty[i];
            if (mayLeave && writer.CanWait)
            {
                _dirty[left++] = writer;
                continue;
            }

            writer.IsDirty = false;
            try
            {
                writer.Flush();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Fail(writer, e);
            }
        }

        _dirty.RemoveRange(left, _dirty.Count - left);
        _turnsLeft = left > 0 ? _turnsLeft + 1 : 0;
    }

    private void Fail(IFlushable writer, Exception exception)
    {
        try
        {
            writer.OnFault(exception);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.WorkFailed(_log, e);
        }
    }

    private readonly record struct Posted(Action<object?> Work, object? State);
}
