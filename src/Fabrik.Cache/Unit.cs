namespace Fabrik.Cache;

/// <summary>The value of a <see cref="CacheResult{T}"/> whose success says all there is to say.</summary>
public readonly record struct Unit;
