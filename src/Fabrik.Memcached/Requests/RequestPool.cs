namespace Fabrik.Memcached.Requests;

/// <summary>A loop's requests that are used again.</summary>
internal sealed class RequestPool
{
    private const int MaxIdle = 16 * 1024;

    private readonly Stack<Request> _idle = new();

    /// <summary>How many are held.</summary>
    public int InUse { get; private set; }

    /// <summary>An empty one.</summary>
    public Request Rent()
    {
        InUse++;
        return _idle.TryPop(out var request) ? request : new Request(this);
    }

    /// <summary>Takes one back that nobody holds.</summary>
    public void Return(Request request)
    {
        InUse--;
        if (_idle.Count < MaxIdle)
        {
            _idle.Push(request);
        }
    }
}
