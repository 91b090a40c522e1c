using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>Deletes keys at a destination of a loop, from other threads.</summary>
internal sealed class LoopDelete(ILoop loop, Destination target)
{
    private readonly RequestMaker _maker = new(loop);

    /// <summary>Deletes a key. A key that no text command can have is done at once.</summary>
    /// <returns>Whether the target answered.</returns>
    public Task<bool> DeleteAsync(byte[] key, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => _ = SendAsync(key, done), null);
        return done.Task.WaitAsync(cancellation);
    }

    private async Task SendAsync(byte[] key, TaskCompletionSource<bool> done)
    {
        try
        {
            done.SetResult(!RequestMaker.CanWrite(key) || await TryDeleteAsync(key));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            done.SetException(e);
        }
    }

    private async Task<bool> TryDeleteAsync(byte[] key)
    {
        var request = _maker.Delete(key);
        var pending = target.SendAsync(request);
        request.Release();
        var reply = await pending;
        var isAnswered = !reply.IsFailure;
        reply.Release();
        return isAnswered;
    }
}
