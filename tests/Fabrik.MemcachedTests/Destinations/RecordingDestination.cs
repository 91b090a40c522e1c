using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.MemcachedTests.Destinations;

/// <summary>A destination that counts what it gets, of a server that may be dead.</summary>
internal sealed class RecordingDestination : Destination, IServerHealth
{
    private static readonly Reply Done = Reply.Constant(ReplyKind.Done, "STORED\r\n"u8.ToArray());

    [SetsRequiredMembers]
    public RecordingDestination(string name) => Name = name;

    public bool IsUsable { get; set; } = true;

    public bool TakesKeys { get; set; } = true;

    public bool IsRetired { get; set; }

    public int Requests { get; private set; }

    public PoolServer Server => new(this, this);

    public static PoolServer Connect(ServerOptions options) => new RecordingDestination(options.ToString()).Server;

    public static void Retire(PoolServer server) => ((RecordingDestination)server.Destination).IsRetired = true;

    public bool Takes(ReadOnlySpan<byte> key) => IsUsable && TakesKeys;

    public override ValueTask<Reply> SendAsync(Request request)
    {
        Requests++;
        return new ValueTask<Reply>(Done);
    }

    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path) =>
        path.Add($"{Name} gets {Encoding.ASCII.GetString(key)}");
}
