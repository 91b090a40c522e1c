namespace Fabrik.Cache.Layers;

/// <summary>The limits of reading through layers; every table, buffer and retry of it has its limit here.</summary>
public sealed record LayerOptions
{
    /// <summary>
    /// How long it is remembered that no upstream has an artifact. Tools ask twice within a second (HEAD then GET, or
    /// several tasks of one build); five seconds spare those, and keep what another machine uploads visible in time.
    /// </summary>
    public TimeSpan NegativeTtl { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Absent artifacts that are remembered at most: all that a large build asks for, in about 10 MB.
    /// </summary>
    public int NegativeLimit { get; init; } = 100_000;

    /// <summary>
    /// How long an artifact that was deleted here is not brought back from an upstream that keeps it (read-only or
    /// permanent ones do, and others until the deletion got there).
    /// </summary>
    public TimeSpan DeletedTtl { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long an upstream is not asked for an artifact that it delivered with wrong bytes: long enough that one build
    /// meets it once, short enough that a repaired upstream counts again soon.
    /// </summary>
    public TimeSpan SuspectTtl { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Deleted, and suspect, artifacts that are remembered at most, each.</summary>
    public int TombstoneLimit { get; init; } = 100_000;

    /// <summary>
    /// Artifacts up to this many bytes are stored and verified before their first byte is served; larger ones stream.
    /// 4 MiB take 40 ms at 100 MB/s, about what an answer of a distant upstream takes anyway.
    /// </summary>
    public long VerifyFirstLimit { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Bytes of a streaming artifact that are kept in memory for its readers; one that is further behind goes on from
    /// the local tier once it is there. At least <see cref="VerifyFirstLimit"/>, so that a small artifact is in memory
    /// whole when the local tier cannot take it.
    /// </summary>
    public long WindowSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Bytes of all windows together. Above it windows shrink to 192 KiB each, so that the most is this and 192 KiB for
    /// each of <see cref="MaxFetches"/>.
    /// </summary>
    public long MaxMemory { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Artifacts that are asked for or transferred at a time; above it a miss is answered at once. Bazel asks with 200
    /// requests at a time at most by default, and several builds share one daemon.
    /// </summary>
    public int MaxFetches { get; init; } = 512;

    /// <summary>Times that one transfer is taken up again after it broke.</summary>
    public int MaxResumes { get; init; } = 8;

    /// <summary>
    /// How long a reader may take nothing while it paces a transfer that cannot be stored; after that it is cut off, so
    /// that it does not hold up the others.
    /// </summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Tenants whose view is kept; above it a view is made for each request.</summary>
    public int MaxTenants { get; init; } = 10_000;

    /// <summary>What is wrong with the options, in a sentence; <see langword="null"/> if nothing is.</summary>
    internal string? FindFault() =>
        VerifyFirstLimit < 64 * 1024
            ? $"the limit of artifacts to verify first is {VerifyFirstLimit} bytes, expected 65536 or more"
        : WindowSize < VerifyFirstLimit ? $"the window has {WindowSize} bytes, expected {VerifyFirstLimit} or more"
        : MaxFetches < 1 ? $"the number of fetches is {MaxFetches}, expected 1 or more"
        : NegativeLimit < 2 || TombstoneLimit < 2 ? "a table of the layers has room for less than 2 artifacts"
        : MaxResumes < 0 ? $"the number of resumed transfers is {MaxResumes}, expected 0 or more"
        : null;
}
