namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// Spreads keys over members, each time in the same way. It never changes, and any thread may ask it.
/// </summary>
public interface IRing
{
    /// <summary>Finds the member that a key belongs to; allocates nothing.</summary>
    RingPlace Find(ReadOnlySpan<byte> key);

    /// <summary>
    /// The ring while only some members are there, as the implementation that it follows has it. Indexes stay those of
    /// all members.
    /// </summary>
    /// <param name="usable">For each member whether it is there; at least one is.</param>
    IRing Among(ReadOnlySpan<bool> usable);
}
