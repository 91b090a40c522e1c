using Fabrik.Cache;

namespace Fabrik.Testing;

/// <summary>What the operations of a <see cref="MemoryTier"/> answer instead of working, one property each.</summary>
public sealed class MemoryTierFaults
{
    public CacheErrorKind? Get { get; set; }

    public CacheErrorKind? Stat { get; set; }

    public CacheErrorKind? Contains { get; set; }

    public CacheErrorKind? Put { get; set; }

    public CacheErrorKind? Delete { get; set; }

    public CacheErrorKind? List { get; set; }

    /// <summary>Sets every operation to one kind, or back to working.</summary>
    public void SetAll(CacheErrorKind? kind) => Get = Stat = Contains = Put = Delete = List = kind;

    internal static CacheError Unexpected => CacheError.Client(CacheErrorKind.Conflict, "something else is there");

    internal static CacheError Error(CacheErrorKind kind) => CacheError.Internal(kind, $"injected fault {kind}");
}
