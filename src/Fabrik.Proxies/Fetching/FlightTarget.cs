using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;

namespace Fabrik.Proxies.Fetching;

/// <summary>The body that is to be had.</summary>
internal sealed record FlightTarget
{
    /// <summary>Which.</summary>
    public required BodyKey Key { get; init; }

    /// <summary>Bytes of a slice.</summary>
    public required int SliceSize { get; init; }

    /// <summary>Bytes of the body; null while nobody knows.</summary>
    public required long? Size { get; init; }

    /// <summary>Whether parts can be fetched again: it has a strong entity tag and a size.</summary>
    public required bool IsPinned { get; init; }

    /// <summary>The most bytes of a body of unknown size that are stored.</summary>
    public long MaxStored { get; init; } = long.MaxValue;

    /// <summary>Where the bytes come from.</summary>
    public required IBodySource Source { get; init; }

    /// <summary>What became of the body, for its head.</summary>
    public required Action<BodyNews> Notify { get; init; }
}

/// <summary>What a head has to know of its body.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Size">The whole size.</param>
/// <param name="Fault">What the origin did.</param>
internal sealed record BodyNews(BodyNewsKind Kind, long Size = 0, OriginFault? Fault = null);

/// <summary>What may become of a body.</summary>
internal enum BodyNewsKind
{
    /// <summary>A body without a pin is stored to its end.</summary>
    Whole,

    /// <summary>A body without a pin will never be whole: nobody new may begin with it.</summary>
    Lost,

    /// <summary>The origin has another representation by now.</summary>
    Changed,
}
