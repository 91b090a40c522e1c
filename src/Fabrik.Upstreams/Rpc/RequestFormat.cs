using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>How the messages of a call are written.</summary>
/// <param name="Marshaller">Writes them.</param>
/// <param name="MaxSize">The most bytes of one, before it is compressed.</param>
/// <param name="IsCompressed">Whether the call announces an encoding.</param>
internal sealed record RequestFormat<T>(Marshaller<T> Marshaller, int MaxSize, bool IsCompressed);
