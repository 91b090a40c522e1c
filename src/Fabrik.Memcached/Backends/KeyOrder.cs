namespace Fabrik.Memcached.Backends;

/// <summary>
/// Keeps what is asked of a key in its order, on one loop: reads go side by side, a change waits for all before it and
/// holds up all behind it. Keys of the same hash share a place.
/// </summary>
/// <typeparam name="TCall">What waits.</typeparam>
internal sealed class KeyOrder<TCall>(Func<TCall, bool> isRead, Action<TCall> start)
{
    private const int Places = 1024;

    private readonly Place[] _places = new Place[Places];

    /// <summary>The place of a key.</summary>
    public static int PlaceOf(ReadOnlySpan<byte> key)
    {
        var hash = default(HashCode);
        hash.AddBytes(key);
        return (int)((uint)hash.ToHashCode() % Places);
    }

    /// <summary>
    /// Starts a call, now or when those before it have ended. It is to be followed by <see cref="End"/>.
    /// </summary>
    public void Begin(int at, TCall call)
    {
        ref var place = ref _places[at];
        if (place.Waiting is not { Count: > 0 } && place.TryEnter(isRead(call)))
        {
            start(call);
        }
        else
        {
            (place.Waiting ??= new Queue<TCall>()).Enqueue(call);
        }
    }

    /// <summary>A call has ended: starts those that waited for it.</summary>
    public void End(int at, TCall call)
    {
        ref var place = ref _places[at];
        place.Leave(isRead(call));
        while (place.Waiting is { } waiting && waiting.TryPeek(out var next) && place.TryEnter(isRead(next)))
        {
            waiting.Dequeue();
            start(next);
        }
    }

    private struct Place
    {
        private int _reads;
        private bool _isChanging;

        public Queue<TCall>? Waiting { get; set; }

        public bool TryEnter(bool isRead)
        {
            if (_isChanging || (!isRead && _reads > 0))
            {
                return false;
            }

            _reads += isRead ? 1 : 0;
            _isChanging = !isRead;
            return true;
        }

        public void Leave(bool isRead)
        {
            _reads -= isRead ? 1 : 0;
            _isChanging = false;
        }
    }
}
