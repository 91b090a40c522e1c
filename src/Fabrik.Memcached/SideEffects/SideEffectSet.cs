using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.SideEffects;

/// <summary>The side effects of a route, at least one.</summary>
internal sealed class SideEffectSet(params SideEffect[] effects)
{
    /// <summary>A request was answered: see <see cref="SideEffect.After"/>.</summary>
    public void After(Request request, in Reply reply)
    {
        foreach (var effect in effects)
        {
            effect.After(request, reply);
        }
    }
}
