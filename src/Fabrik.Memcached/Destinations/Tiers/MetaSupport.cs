using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations.Tiers;

/// <summary>Whether a server knows meta commands, as far as its answers told.</summary>
/// <param name="loop">Whose time counts.</param>
/// <param name="duration">How long it is remembered that it does not.</param>
internal sealed class MetaSupport(ILoop loop, TimeSpan duration)
{
    private long _since;
    private bool _isMissing;

    /// <summary>Whether it is known not to know them.</summary>
    public bool IsMissing
    {
        get
        {
            if (_isMissing && loop.Time.GetElapsedTime(_since, loop.Now) >= duration)
            {
                _isMissing = false;
            }

            return _isMissing;
        }
    }

    /// <summary>Whether an answer to a meta command says that it is unknown; that is remembered.</summary>
    public bool IsRefused(Reply reply)
    {
        if (reply.Kind != ReplyKind.ClientError || !reply.Message.StartsWith("ERROR"u8))
        {
            return false;
        }

        _isMissing = true;
        _since = loop.Now;
        return true;
    }
}
