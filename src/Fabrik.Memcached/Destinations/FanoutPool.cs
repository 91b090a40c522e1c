using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations;

/// <summary>Sends requests to all of several, with objects that are used again.</summary>
internal sealed class FanoutPool(Destination[] children)
{
    private const int MaxIdle = 16 * 1024;

    private readonly Stack<Fanout> _idle = new();

    /// <summary>To whom.</summary>
    public Destination[] Children { get; } = children;

    /// <summary>Sends a request to all.</summary>
    public ValueTask<Reply> SendAsync(Request request, FanoutRule rule)
    {
        if (Children.Length == 1)
        {
            return Children[0].SendAsync(request);
        }

        if (!_idle.TryPop(out var fanout))
        {
            fanout = new Fanout(this);
        }

        return fanout.Send(request, rule);
    }

    /// <summary>Takes one back whose answers have all come, and whose own one was taken.</summary>
    public void Return(Fanout fanout)
    {
        if (_idle.Count < MaxIdle)
        {
            _idle.Push(fanout);
        }
    }
}
