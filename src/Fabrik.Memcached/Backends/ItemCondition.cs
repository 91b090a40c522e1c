using Fabrik.Cache.Artifacts;

namespace Fabrik.Memcached.Backends;

/// <summary>
/// What a command expects of a key's value; the store asks it at the moment when the value would change, so that of two
/// writers that expect the same one wins, whoever they are.
/// </summary>
internal sealed class ItemCondition(TimeProvider time, Func<StoredItem?, bool> holds)
{
    /// <summary>What was there when it did not hold; null for nothing.</summary>
    public StoredItem? Refused { get; private set; }

    /// <summary>Whether it holds for what is there.</summary>
    public bool Holds(ArtifactInfo? info)
    {
        var item = info is null ? null : StoredItem.Of(info, time.GetUtcNow());
        if (holds(item))
        {
            return true;
        }

        Refused = item;
        return false;
    }
}
