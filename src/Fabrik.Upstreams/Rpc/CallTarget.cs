using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>What is called, and with which metadata.</summary>
/// <param name="Address">The method's own.</param>
/// <param name="Host">The authority, where it is not the channel's.</param>
/// <param name="Headers">The caller's metadata.</param>
/// <param name="Compression">How messages are compressed, if they are.</param>
internal sealed record CallTarget(Uri Address, string? Host, Metadata? Headers, string? Compression);
