using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fabrik.Memcached.Loop;

/// <summary>
/// Waits in <c>epoll</c>, level-triggered: one read for each socket and turn, without another one that would find
/// nothing.
/// </summary>
internal sealed unsafe class EpollPoller : IPoller
{
    private const int BatchSize = 512;
    private const int WakeHandle = -1;
    private const int Interrupted = 4;

    private readonly PollTable<Registration> _table = new();
    private readonly byte[] _events = GC.AllocateArray<byte>(BatchSize * 16, pinned: true);
    private readonly int _epoll;
    private readonly int _wake;
    private readonly Lock _waking = new();
    private int _ready;
    private bool _isDisposed;

    /// <summary>Makes one.</summary>
    /// <exception cref="Win32Exception">The system has no descriptor left.</exception>
    public EpollPoller()
    {
        _epoll = Checked(Epoll.Create(Epoll.CloseOnExec));
        _wake = Checked(Epoll.CreateEvent(0, Epoll.CloseOnExec | Epoll.NonBlocking));
        Control(Epoll.Add, _wake, Epoll.In, WakeHandle);
    }

    /// <inheritdoc/>
    public int Add(Socket socket, IPollTarget target, PollInterest interest)
    {
        var descriptor = (int)socket.Handle;
        var handle = _table.Add(new Registration(target, descriptor) { Interest = interest });
        try
        {
            Control(Epoll.Add, descriptor, Mask(interest), handle);
        }
        catch
        {
            _table.Remove(handle);
            throw;
        }

        return handle;
    }

    /// <inheritdoc/>
    public void Change(int handle, PollInterest interest)
    {
        if (_table.Find(handle) is { } registration && registration.Interest != interest)
        {
            registration.Interest = interest;
            Control(Epoll.Modify, registration.Descriptor, Mask(interest), handle);
        }
    }

    /// <inheritdoc/>
    public void Remove(int handle)
    {
        if (_table.Find(handle) is { } registration)
        {
            Control(Epoll.Delete, registration.Descriptor, 0, handle);
            _table.Remove(handle);
        }
    }

    /// <inheritdoc/>
    public bool Wait(int milliseconds)
    {
        var count = Epoll.Wait(_epoll, EventAt(0), BatchSize, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _ready = Math.Max(0, count);
        return count > 0;
    }

    /// <inheritdoc/>
    public void Dispatch()
    {
        for (var i = 0; i < _ready; i++)
        {
            var mask = Unsafe.ReadUnaligned<uint>(EventAt(i));
            var handle = Unsafe.ReadUnaligned<int>(EventAt(i) + Epoll.DataOffset);
            if (handle == WakeHandle)
            {
                ulong count;
                _ = Epoll.Read(_wake, &count, sizeof(ulong));
                continue;
            }

            if (_table.Find(handle) is { } registration)
            {
                PollDispatch.Tell(registration.Target, Ready(mask));
            }
        }

        _ready = 0;
    }

    /// <inheritdoc/>
    public void Wake()
    {
        ulong one = 1;
        lock (_waking)
        {
            // Who wakes late must not write to what has the descriptor's number by then.
            if (!_isDisposed)
            {
                _ = Epoll.Write(_wake, &one, sizeof(ulong));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_waking)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _ = Epoll.Close(_wake);
                _ = Epoll.Close(_epoll);
            }
        }
    }

    private static uint Mask(PollInterest interest) =>
        (interest.HasFlag(PollInterest.Read) ? Epoll.In : 0) | (interest.HasFlag(PollInterest.Write) ? Epoll.Out : 0);

    private static PollInterest Ready(uint mask) => (mask & (Epoll.Error | Epoll.HangUp)) != 0
        ? PollInterest.Read | PollInterest.Write
        : ((mask & Epoll.In) != 0 ? PollInterest.Read : PollInterest.None)
            | ((mask & Epoll.Out) != 0 ? PollInterest.Write : PollInterest.None);

    private static int Checked(int result) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private byte* EventAt(int index) =>
        (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_events)) + (index * Epoll.EventSize);

    private void Control(int operation, int descriptor, uint mask, int handle)
    {
        var change = stackalloc byte[16];
        Unsafe.WriteUnaligned(change, mask);
        Unsafe.WriteUnaligned(change + Epoll.DataOffset, (long)handle);
        Checked(Epoll.Control(_epoll, operation, descriptor, change));
    }

    private sealed class Registration(IPollTarget target, int descriptor)
    {
        public IPollTarget Target => target;

        public int Descriptor => descriptor;

        public PollInterest Interest { get; set; }
    }
}
