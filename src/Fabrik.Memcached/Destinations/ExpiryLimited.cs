using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// A destination in which nothing lives longer than some seconds: one that stands in for another, so that what it keeps
/// is gone before it is older than what the other one has.
/// </summary>
internal sealed class ExpiryLimited(ILoop loop, Destination inner, TimeSpan limit) : Destination
{
    private readonly ExpiryCap _cap = new(loop, limit);

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        var capped = _cap.Apply(request);
        var reply = inner.SendAsync(capped);
        capped.Release();
        return reply;
    }

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path)
    {
        path.Add($"{Name}: values live for at most {limit.TotalSeconds:0} s");
        path.Enter(inner, key);
    }
}
