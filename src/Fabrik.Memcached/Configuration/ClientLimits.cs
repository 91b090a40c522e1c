namespace Fabrik.Memcached.Configuration;

/// <summary>What clients may, so that none of them takes what all need.</summary>
public sealed record ClientLimits
{
    /// <summary>Clients at a time; further ones are told so and let go.</summary>
    public int MaxClients { get; init; } = 65_536;

    /// <summary>Bytes of a value; a larger one is <c>SERVER_ERROR object too large for cache</c>.</summary>
    public int MaxValueSize { get; init; } = 1024 * 1024;

    /// <summary>Requests of a client that are not answered yet; beyond it the client is not read from.</summary>
    public int MaxPipelineDepth { get; init; } = 1024;

    /// <summary>Bytes that wait to be sent to a client; beyond it the client is not read from.</summary>
    public int MaxUnsent { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long a client may be silent; zero for ever.</summary>
    public TimeSpan IdleTimeout { get; init; }
}
