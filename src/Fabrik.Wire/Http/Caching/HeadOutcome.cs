namespace Fabrik.Wire.Http.Caching;

/// <summary>What the answer to a HEAD means for the stored answer to a GET: RFC 9111, section 4.3.5.</summary>
public enum HeadOutcome
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It speaks of the same representation: the stored fields are updated.</summary>
    Update,

    /// <summary>The representation has changed: what is stored is stale.</summary>
    Invalidate,
}
