using System.Text;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Stands for the servers of a pool that has none: they are yet to be found. Every request fails at once.
/// </summary>
internal sealed class NoServer : Destination, IServerHealth
{
    private readonly Reply _reply;

    private NoServer(string pool) => _reply = Reply.Constant(
        ReplyKind.Failed, Encoding.UTF8.GetBytes($"SERVER_ERROR backend {pool} has no servers\r\n")) with
    {
        WasNotSent = true,
    };

    /// <inheritdoc/>
    public bool IsUsable => false;

    /// <summary>Makes one for a pool.</summary>
    public static PoolServer Of(string pool)
    {
        var nobody = new NoServer(pool) { Name = pool };
        return new PoolServer(nobody, nobody);
    }

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request) => new(_reply);

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path) =>
        path.Add($"{Name}: no servers are known");
}
