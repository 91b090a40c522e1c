using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;
using Fabrik.Wire.Http;

namespace Fabrik.Proxies.Fetching;

/// <summary>Where the body of a stored answer is, and what its head hears of it.</summary>
internal sealed class BodyTargets(HeadTable heads)
{
    /// <summary>The body of an answer.</summary>
    /// <param name="key">Of which resource.</param>
    /// <param name="variant">The answer.</param>
    /// <param name="origin">Who has what is missing of it.</param>
    /// <param name="fields">What else is sent to ask for that.</param>
    /// <param name="maxSize">The most bytes that are kept of a body whose size is unknown.</param>
    public FlightTarget Of(
        ResourceKey key, StoredVariant variant, Origin origin, IReadOnlyList<HeaderField> fields, long maxSize) => new()
        {
            Key = new BodyKey(key, variant.Generation),
            SliceSize = variant.SliceSize,
            Size = variant.Size,
            IsPinned = variant.Pin is not null,
            MaxStored = maxSize,
            Source = new PinnedSource(origin, key.Target, fields, variant.Pin, variant.Size ?? 0),
            Notify = news => Hear(key, variant.Generation, news),
        };

    private void Hear(ResourceKey key, long generation, BodyNews news)
    {
        if (news.Kind == BodyNewsKind.Whole)
        {
            heads.Update(key, head => head?.With(
                generation, variant => variant with { Size = news.Size, IsWhole = true }));
        }
        else
        {
            heads.Update(key, head => head?.Without(generation));
        }
    }
}
