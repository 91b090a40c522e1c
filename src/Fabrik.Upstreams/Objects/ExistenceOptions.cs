namespace Fabrik.Upstreams.Objects;

/// <summary>How much is remembered of what a store has, for how long, and how much it is asked.</summary>
internal sealed record ExistenceOptions
{
    /// <summary>Ids remembered at most, at 16 bytes each; a power of two. Memory is taken as they come.</summary>
    public int Entries { get; init; } = 1 << 20;

    /// <summary>How long an object that was seen counts as there; others may delete it meanwhile.</summary>
    public TimeSpan PresentFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long one that was not found counts as absent; others may store it meanwhile.</summary>
    public TimeSpan AbsentFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most questions to the store that one batch leads to; other unknown ids count as absent.</summary>
    public int MaxProbes { get; init; } = 64;

    /// <summary>Questions under way at a time for one batch.</summary>
    public int ProbesAtOnce { get; init; } = 16;

    /// <summary>The pause between two listings of the same prefix, and how long a whole one is good for.</summary>
    public TimeSpan ListEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Pages that one listing reads at most; the next one goes on where it stopped.</summary>
    public int ListPages { get; init; } = 200;

    /// <summary>The pause between two pages.</summary>
    public TimeSpan PagePause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait for one page.</summary>
    public TimeSpan PageTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
