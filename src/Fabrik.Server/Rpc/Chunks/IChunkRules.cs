using Fabrik.Cache;

namespace Fabrik.Server.Rpc.Chunks;

/// <summary>What a protocol allows in a stream of chunks; one object for each stream.</summary>
/// <typeparam name="THeader">The message without its chunk.</typeparam>
internal interface IChunkRules<in THeader>
{
    /// <summary>
    /// Looks at a message, the first one too; what is wrong with it, or <see langword="null"/> if nothing is.
    /// </summary>
    /// <param name="header">All but the chunk, if there is anything.</param>
    /// <param name="length">Bytes of its chunk.</param>
    /// <param name="received">Bytes of the chunks before it.</param>
    CacheError? FaultOf(THeader? header, long length, long received);

    /// <summary>What is wrong with a stream that ends here, or <see langword="null"/> if nothing is.</summary>
    /// <param name="received">Bytes of all chunks.</param>
    CacheError? FaultOfEnd(long received);
}
