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
    private readonly string _foundBy;

    private NoServer(string pool, string foundBy)
    {
        var line = Encoding.UTF8.GetBytes($"SERVER_ERROR backend {pool} has no servers\r\n");
        _reply = Reply.Constant(ReplyKind.Failed, line) with { WasNotSent = true };
        _foundBy = foundBy;
    }

    /// <inheritdoc/>
    public bool IsUsable => false;

    /// <summary>Makes one for a pool.</summary>
    /// <param name="pool">Its name.</param>
    /// <param name="foundBy">What names its servers.</param>
    public static PoolServer Of(string pool, string foundBy)
    {
        var nobody = new NoServer(pool, foundBy) { Name = pool };
        return new PoolServer(nobody, nobody);
    }

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request) => new(_reply);

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path) =>
        path.Add($"{Name}: a server that {_foundBy} names; none is known now");
}
