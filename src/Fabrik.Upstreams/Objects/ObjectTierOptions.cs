namespace Fabrik.Upstreams.Objects;

/// <summary>How a tier uses its object store.</summary>
internal sealed record ObjectTierOptions
{
    /// <summary>
    /// What every key begins with, as it stands; <c>{customer_id}</c> in it stands for the tenant.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>
    /// Tenants whose views are kept, where the prefix tells tenants apart; those above it are served too, but nothing
    /// is listed for them.
    /// </summary>
    public int MaxTenants { get; init; } = 1024;

    /// <summary>How it is known what the store has.</summary>
    public ExistenceOptions Existence { get; init; } = new();
}
