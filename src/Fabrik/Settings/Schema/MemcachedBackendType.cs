using Fabrik.Memcached.Configuration;

namespace Fabrik.Settings.Schema;

/// <summary>What a backend is.</summary>
internal enum MemcachedBackendForm
{
    /// <summary><c>memcached_pool</c>: servers, with the keys spread over them.</summary>
    Pool,

    /// <summary><c>memcached_single</c>: one server.</summary>
    Single,

    /// <summary><c>http</c>: an HTTP server.</summary>
    Http,

    /// <summary><c>cache</c>: the store of this process.</summary>
    Cache,

    /// <summary>A strategy over other backends, by its own name.</summary>
    Strategy,
}

/// <summary>The type of a backend.</summary>
/// <param name="Form">What it is.</param>
/// <param name="Strategy">Which strategy, where it is one.</param>
internal readonly record struct MemcachedBackendType(MemcachedBackendForm Form, StrategyKind? Strategy = null)
{
    /// <summary>All types by name.</summary>
    public static IReadOnlyList<(string Name, MemcachedBackendType Value)> Choices { get; } =
    [
        ("memcached_pool", new(MemcachedBackendForm.Pool)),
        ("memcached_single", new(MemcachedBackendForm.Single)),
        ("http", new(MemcachedBackendForm.Http)),
        ("cache", new(MemcachedBackendForm.Cache)),
        .. MemcachedStrategySettings.Kinds.Select(
            kind => (kind.Name, new MemcachedBackendType(MemcachedBackendForm.Strategy, kind.Value))),
    ];

    /// <summary>As it is written.</summary>
    public override string ToString()
    {
        MemcachedBackendType type = this;
        return Choices.First(choice => choice.Value == type).Name;
    }
}
