namespace Fabrik.Memcached.Destinations;

/// <summary>Which of the answers to a request that went to several is the answer.</summary>
internal enum FanoutRule
{
    /// <summary>The first hit; without one, when all have answered, the best answer.</summary>
    FirstHit,

    /// <summary>The worst one, when all have answered.</summary>
    Worst,

    /// <summary>
    /// That which more than half have given, as soon as they have; without one, the worst when all have answered.
    /// </summary>
    Majority,

    /// <summary>That of the first child.</summary>
    FirstChild,
}
