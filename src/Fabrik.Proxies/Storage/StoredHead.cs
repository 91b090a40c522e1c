using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Storage;

/// <summary>What is kept under one key: the answers that differ by <c>Vary</c>, the newest first.</summary>
/// <param name="Key">The key.</param>
/// <param name="Variants">At most <see cref="MaxVariants"/>.</param>
internal sealed record StoredHead(ResourceKey Key, IReadOnlyList<StoredVariant> Variants)
{
    /// <summary>
    /// Answers of one key. What varies by more (by user agent, say) is seldom asked for twice alike.
    /// </summary>
    public const int MaxVariants = 16;

    /// <summary>Whether anything of it is of use to another process: what is pinned, or whole.</summary>
    public bool IsKept => Variants.Any(static variant => variant.IsKept);

    /// <summary>The answer to every request: the only one, which varies by nothing; null where there is none.</summary>
    public StoredVariant? Only => Variants is [{ Parts.Selecting.Count: 0 } only] ? only : null;

    /// <summary>The answer that a request selects; null for none.</summary>
    public StoredVariant? Select(IReadOnlyList<HeaderField> request, CachingOptions rule)
    {
        StoredResponse[] responses = [.. Variants.Select(variant => variant.Under(rule))];
        var index = Wire.Http.Caching.Variants.Select(responses, request);
        return index < 0 ? null : Variants[index];
    }

    /// <summary>
    /// With an answer in front, in place of the one of its generation and of those it answers the same for.
    /// </summary>
    public StoredHead With(StoredVariant variant)
    {
        var key = VaryKey.Of(variant.Parts.Selecting);
        var rest = Variants.Where(other =>
            other.Generation != variant.Generation && !VaryKey.Of(other.Parts.Selecting).IsSameAs(key));
        return this with { Variants = [variant, .. rest.Take(MaxVariants - 1)] };
    }

    /// <summary>With an answer changed where it still is one; the same otherwise.</summary>
    public StoredHead With(long generation, Func<StoredVariant, StoredVariant> change) => this with
    {
        Variants = [.. Variants.Select(variant => variant.Generation == generation ? change(variant) : variant)],
    };

    /// <summary>Without the answer of a generation; null when none is left.</summary>
    public StoredHead? Without(long generation)
    {
        StoredVariant[] rest = [.. Variants.Where(variant => variant.Generation != generation)];
        return rest.Length == 0 ? null : this with { Variants = rest };
    }

    /// <summary>With all answers to be validated before use.</summary>
    public StoredHead Invalid() => this with
    {
        Variants = [.. Variants.Select(static variant => variant with { IsInvalid = true })],
    };
}
