namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>One of those whom keys are spread over.</summary>
/// <param name="Name">What its points are made of.</param>
/// <param name="Weight">Its share of the keys beside that of others; at least 1.</param>
public sealed record RingMember(string Name, int Weight = 1);
