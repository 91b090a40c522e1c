using Fabrik.Cache;
using Fabrik.Server.Rpc.Chunks;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;

namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>The stream of a Put: only its first message says more than a chunk.</summary>
/// <param name="announced">Bytes of all chunks, if that was said.</param>
internal sealed class PutRules(long? announced) : IChunkRules<PutRequest>
{
    private bool _hasBegun;

    /// <inheritdoc/>
    public CacheError? FaultOf(PutRequest? header, long length, long received)
    {
        var isFirst = !_hasBegun;
        _hasBegun = true;
        return header is not null && !isFirst
            ? Invalid("only the first message of a Put may have more than a chunk")
            : length > FabrikContract.MaxChunk
                ? Invalid($"a chunk has at most {FabrikContract.MaxChunk} bytes")
                : received + length > announced
                    ? CacheError.Client(
                        CacheErrorKind.Incomplete, $"{announced} bytes were announced, and more came")
                    : null;
    }

    /// <inheritdoc/>
    public CacheError? FaultOfEnd(long received) => null;

    private static CacheError Invalid(string message) => CacheError.Client(CacheErrorKind.InvalidRequest, message);
}
