using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Storage;

/// <summary>An answer of the origin that is kept: all of it but the body, which is in slices.</summary>
internal sealed record StoredResponse
{
    /// <summary>The status; a part of a body that is kept is one of a 200.</summary>
    public required int Status { get; init; }

    /// <summary>The end-to-end headers, as the origin wrote them, without those that only say how long it is.</summary>
    public required IReadOnlyList<HeaderField> Headers { get; init; }

    /// <summary>
    /// Of the request that it answered, the headers that <c>Vary</c> names (RFC 9111, section 4.1).
    /// </summary>
    public IReadOnlyList<HeaderField> Selecting { get; init; } = [];

    /// <summary>When the request was sent (RFC 9111, section 4.2.3).</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When the answer came.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

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

    /// <summary>Whether it was purged softly, or an unsafe request passed: it has to be validated before use.</summary>
    public bool IsInvalid { get; init; }
}
