using System.Runtime.CompilerServices;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Storage;

/// <summary>An answer of the origin that is kept: all of it but the body, which is in slices.</summary>
internal sealed record StoredVariant
{
    private Judged? _judged;
    private StrongBox<ArtifactId>? _firstSlice;

    /// <summary>Status, headers, times, and to which requests it is the answer.</summary>
    public required StoredParts Parts { get; init; }

    /// <summary>Bytes of the whole body; null while it is unknown, that is, until a chunked one has ended.</summary>
    public required long? Size { get; init; }

    /// <summary>Bytes of a slice when the body was first fetched.</summary>
    public required int SliceSize { get; init; }

    /// <summary>Tells bodies of one key apart; slices of two generations never meet.</summary>
    public required long Generation { get; init; }

    /// <summary>
    /// The strong entity tag by which parts can be fetched later (RFC 9110, section 13.1.1); null where there is none,
    /// or the size is unknown: then only the fetch that began the body can complete it.
    /// </summary>
    public required string? Pin { get; init; }

    /// <summary>
    /// Whether all of the body was stored; asked of answers without a pin only, of which a part is worth nothing.
    /// </summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether the body can be had without the fetch that began it.</summary>
    public bool IsKept => Pin is not null || IsWhole;

    /// <summary>Whether it was purged softly, or an unsafe request passed: it has to be validated before use.</summary>
    public bool IsInvalid { get; init; }

    /// <summary>
    /// The answer as a bucket's rule judges it; worked out once, and again when the rule has changed.
    /// </summary>
    public StoredResponse Under(CachingOptions rule) => JudgedBy(rule).Response;

    /// <summary>Its headers under a rule, ready to be sent.</summary>
    public PreparedHead PreparedUnder(CachingOptions rule) => JudgedBy(rule).Head;

    /// <summary>
    /// Under which a slice is stored. That of the first, which is asked for most, is worked out once.
    /// </summary>
    public ArtifactId SliceId(ResourceKey key, long index)
    {
        if (index > 0)
        {
            return key.SliceId(Generation, index);
        }

        var first = _firstSlice ??= new StrongBox<ArtifactId>(key.SliceId(Generation, 0));
        return first.Value;
    }

    /// <summary>The same without the memory of a judgement, which other parts would make wrong.</summary>
    public StoredVariant With(StoredParts parts) => this with { Parts = parts, _judged = null, IsInvalid = false };

    private Judged JudgedBy(CachingOptions rule)
    {
        var judged = _judged;
        if (judged is null || !ReferenceEquals(judged.Rule, rule))
        {
            judged = new Judged(rule, StoredResponse.Of(Parts, rule));
            _judged = judged;
        }

        return judged;
    }

    private sealed class Judged(CachingOptions rule, StoredResponse response)
    {
        private PreparedHead? _head;

        public CachingOptions Rule => rule;

        public StoredResponse Response => response;

        public PreparedHead Head => _head ??= new PreparedHead(response.Status, response.SentHeaders);
    }
}
