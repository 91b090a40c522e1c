using Fabrik.Cache.Codec;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local;

namespace Fabrik.Fuzz.Crash;

/// <summary>What happens in a round; follows from seed and number of the round, in driver and worker alike.</summary>
internal sealed record CrashPlan
{
    /// <summary>Rounds that share a folder, and so what earlier rounds left in it.</summary>
    public const int EpochLength = 8;

    /// <summary>Keys of a folder.</summary>
    public const int Keys = 120;

    /// <summary>Tasks of a worker; each writes keys of its own, so that their answers have an order.</summary>
    public const int Tasks = 8;

    private const long Room = 10L * 1000 * 1000 * 1000;

    public required int Round { get; init; }

    /// <summary>The first round on the same folder.</summary>
    public int Epoch => FirstOf(Round);

    public required CrashKind Kind { get; init; }

    /// <summary>The seed of the round's own decisions.</summary>
    public required int Seed { get; init; }

    /// <summary>Operations after which the worker closes the store by itself.</summary>
    public required int Operations { get; init; }

    /// <summary>Lines of the journal after which the worker is killed, unless it ends before.</summary>
    public required int KillAfterLines { get; init; }

    /// <summary>How long the kill is put off still, from the start or that line on.</summary>
    public required TimeSpan KillDelay { get; init; }

    /// <summary>Whether the time alone decides, so that the opening is hit too.</summary>
    public bool KillsByTime => KillAfterLines == 0;

    private long MaxSize { get; init; }

    private EvictionPolicyKind Policy { get; init; }

    private DurabilityKind Durability { get; init; }

    private int InlineLimit { get; init; }

    private CompressionKind Compression { get; init; }

    private byte[] EncryptionKey { get; init; } = [];

    /// <summary>The same for all rounds of a folder: a lower limit would be enforced while the driver looks.</summary>
    private static readonly long[] TightSizes = [3_000_000, 5_000_000, 8_000_000, 13_000_000, 21_000_000];

    public static CrashPlan Of(int seed, int round)
    {
        var epoch = FirstOf(round);
        var mixed = unchecked((seed * 1_000_003) + round);
        var random = new Random(mixed);
        var kind = (epoch / EpochLength % 4) switch
        {
            2 => CrashKind.Tight,
            3 => CrashKind.Torn,
            _ => CrashKind.Roomy,
        };
        var byTime = random.Next(8) == 0;
        var operations = random.Next(50, 300);

        // Most operations make two lines; the few kills that come too late leave a store that was closed.
        var lines = operations * 8 / 5;
        return new CrashPlan
        {
            Round = round,
            Kind = kind,
            Seed = mixed,
            Operations = operations,
            KillAfterLines = byTime ? 0 : random.Next(1, lines),
            KillDelay = TimeSpan.FromMicroseconds(byTime ? random.Next(600_000) : random.Next(5_000)),
            MaxSize = kind == CrashKind.Tight ? TightSizes[epoch / EpochLength % TightSizes.Length] : Room,
            Policy = (EvictionPolicyKind)random.Next(3),
            Durability = random.Next(8) == 0 ? DurabilityKind.Sync : DurabilityKind.Process,
            InlineLimit = random.Next(4) == 0 ? 4096 : 64 * 1024,
            Compression = random.Next(3) == 0 ? CompressionKind.None : CompressionKind.Zstd,
            EncryptionKey = epoch / EpochLength / 4 % 2 == 1 ? new byte[32] : [],
        };
    }

    private static int FirstOf(int round) => round - (round % EpochLength);

    public LocalStoreOptions Options(string folder) => new()
    {
        Directory = folder,
        MaxSize = MaxSize,
        EvictionPolicy = Policy,
        Durability = Durability,
        InlineLimit = InlineLimit,
        Compression = Compression,
        EncryptionKey = EncryptionKey,
    };
}
