namespace Fabrik.Memcached.Loop;

/// <summary>Tells a target that its socket is ready; a bug in one of them ends that one, not the loop.</summary>
internal static class PollDispatch
{
    /// <summary>Tells it.</summary>
    public static void Tell(IPollTarget target, PollInterest ready)
    {
        try
        {
            target.OnReady(ready);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            target.OnFault(e);
        }
    }
}
