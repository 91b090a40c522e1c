using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.SideEffects;

/// <summary><c>http_post</c>: a notice of what happened goes to an HTTP server, with those of all loops.</summary>
internal sealed class HttpPost : SideEffect
{
    private readonly TimeProvider _time;
    private readonly NoticeQueue _queue;
    private readonly ulong _verbs;

    /// <summary>Tells of certain commands.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="queue">Where notices go.</param>
    /// <param name="verbs">Which commands; none for all that change something.</param>
    public HttpPost(TimeProvider time, NoticeQueue queue, IReadOnlyCollection<Verb> verbs)
    {
        _time = time;
        _queue = queue;
        foreach (var verb in verbs)
        {
            _verbs |= 1UL << (int)verb;
        }
    }

    /// <summary>That of the queue, which is one for all loops.</summary>
    public override SendCounters Counters => _queue.Counters;

    /// <inheritdoc/>
    public override void After(Request request, in Reply reply)
    {
        if (_verbs == 0 ? RequestTraits.IsChange(request) : (_verbs & (1UL << (int)request.Verb)) != 0)
        {
            _queue.Add(new Notice(request.Verb, request.RoutingKey.ToArray(), reply.Kind, _time.GetUtcNow()));
        }
    }
}
