namespace Fabrik.Proxies.Fetching;

/// <summary>The limits of fetching that no setting changes, and where each comes from.</summary>
internal static class FetchLimits
{
    /// <summary>
    /// Slices by which a stream is ahead of its fastest reader: what a reader that leaves has cost for nothing.
    /// </summary>
    public const int Ahead = 16;

    /// <summary>
    /// Slices for which a reader waits on a stream that will come by, rather than open another: about what a new
    /// connection over a long way would take to deliver.
    /// </summary>
    public const int JoinWithin = 8;

    /// <summary>
    /// Slices that a stream keeps in memory: one that is being filled, and those that are being stored.
    /// </summary>
    public const int Held = 4;

    /// <summary>A stream that nobody reads goes on if fewer are left: ending it costs a connection.</summary>
    public const int WorthFinishing = 2;

    /// <summary>Streams of one body at a time; readers beyond ask the origin for themselves.</summary>
    public const int StreamsOfABody = 32;

    /// <summary>
    /// How long a stream holds its connection while no reader comes near: a pinned body's is opened again later, at
    /// the place where it is wanted.
    /// </summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>How often a reader opens the same slice without getting a byte further.</summary>
    public const int Attempts = 3;

    /// <summary>How far is looked for slices that are there already when a gap is opened.</summary>
    public const int LookAhead = 64;

    /// <summary>Bytes that a reader is given at a time from a slice in memory, and reads for itself.</summary>
    public const int Piece = 64 * 1024;
}
