using Fabrik.Cache;

namespace Fabrik.Upstreams.Objects;

/// <summary>
/// A place that keeps named bytes and nothing else: a bucket, a folder of an HTTP server, a cache service. What makes
/// artifacts of objects is <c>ObjectTier</c>, the same for all of them.
/// </summary>
/// <remarks>
/// Failures are values, as everywhere: kinds <see cref="CacheErrorKind.Denied"/>, <see cref="CacheErrorKind.Timeout"/>,
/// <see cref="CacheErrorKind.Unavailable"/>, <see cref="CacheErrorKind.Overloaded"/> (503 SlowDown, 429), and so on,
/// source <see cref="CacheErrorSource.Upstream"/>. Nothing is tried again in here: the guard around the tier does.
/// </remarks>
internal interface IObjectStore : IAsyncDisposable
{
    /// <summary>The host or bucket, for messages.</summary>
    string Name { get; }

    /// <summary>What the store can do besides get and put.</summary>
    ObjectStoreTraits Traits { get; }

    /// <summary>Opens a part of an object; null when the object is not there.</summary>
    /// <remarks>
    /// An offset at or behind the object's end gives an empty body. A store that cannot deliver a part may deliver more
    /// than <see cref="ObjectRange.Length"/>, but always from <see cref="ObjectRange.Offset"/> on.
    /// </remarks>
    ValueTask<CacheResult<ObjectBody?>> GetAsync(string key, ObjectRange range, CancellationToken cancellationToken);

    /// <summary>Whether an object is there.</summary>
    ValueTask<CacheResult<bool>> ExistsAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Stores an object whole or not at all; nothing is stored when the body ends early or throws, and such an
    /// exception may go through to the caller. With <paramref name="ifAbsent"/>, and where the store can, an object
    /// that is there stays and the answer is false.
    /// </summary>
    ValueTask<CacheResult<bool>> PutAsync(
        string key, ObjectContent content, bool ifAbsent, CancellationToken cancellationToken);

    /// <summary>Removes an object; false when there was none (where the store tells).</summary>
    ValueTask<CacheResult<bool>> DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// The keys that begin with <paramref name="prefix"/> and come behind <paramref name="after"/> in the order of
    /// their UTF-8 bytes: one page of them.
    /// </summary>
    /// <remarks>Only where <see cref="ObjectStoreTraits.CanList"/>.</remarks>
    ValueTask<CacheResult<ObjectPage>> ListAsync(string prefix, string? after, CancellationToken cancellationToken);
}

/// <summary>What an object store can do besides get and put.</summary>
/// <param name="CanList">It lists its keys.</param>
/// <param name="CanDelete">It removes objects.</param>
/// <param name="IsSlowToAsk">A question whether an object is there costs a request to a distant place.</param>
internal sealed record ObjectStoreTraits(bool CanList, bool CanDelete, bool IsSlowToAsk)
{
    /// <summary>What is there can be replaced.</summary>
    public bool CanReplace { get; init; } = true;
}

/// <summary>Which bytes of an object are wanted.</summary>
/// <param name="Offset">The first one.</param>
/// <param name="Length">How many; null for all to the end.</param>
internal readonly record struct ObjectRange(long Offset, long? Length)
{
    /// <summary>The whole object.</summary>
    public static ObjectRange All => default;
}

/// <summary>Some keys of a store, in order.</summary>
/// <param name="Keys">The keys; may be empty.</param>
/// <param name="IsLast">No key comes behind these.</param>
internal sealed record ObjectPage(IReadOnlyList<string> Keys, bool IsLast);

/// <summary>An object that is being read; its owner disposes of it, which ends the request.</summary>
/// <param name="content">The bytes from the offset on.</param>
/// <param name="length">How many bytes that are; null where the store does not say.</param>
internal abstract class ObjectBody(Stream content, long? length) : IAsyncDisposable
{
    /// <summary>The bytes from the offset on.</summary>
    public Stream Content => content;

    /// <summary>How many bytes <see cref="Content"/> has; null where the store does not say.</summary>
    public long? Length => length;

    /// <summary>
    /// What tells this version of the object from others under its key (a strong ETag); null where the store does not
    /// say.
    /// </summary>
    public string? Tag { get; init; }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Bytes to be stored, read once.</summary>
/// <param name="Head">What comes first.</param>
/// <param name="Body">What follows.</param>
/// <param name="Length">Bytes of head and body together.</param>
internal sealed record ObjectContent(ReadOnlyMemory<byte> Head, System.IO.Pipelines.PipeReader Body, long Length);
