using System.Security.Cryptography;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>
/// Tokens that have been verified, by their SHA-256: the token itself is not kept. Only good tokens get in, so that
/// nobody without a key can push them out. It belongs to one snapshot of the keys and goes away with it.
/// </summary>
/// <remarks>
/// A table of sets with eight slots each; a digest may sit in any slot of its set. Readers take no lock. A full set
/// gives up an expired verdict, or else one that was not asked for since the clock hand last came by.
/// </remarks>
internal sealed class VerdictCache
{
    /// <summary>Bytes of a digest.</summary>
    public const int DigestLength = SHA256.HashSizeInBytes;

    private const int Ways = 8;
    private const int Stripes = 64;

    private readonly Entry?[] _slots;
    private readonly uint _sets;
    private readonly Lock[] _locks = new Lock[Stripes];
    private int _hand;

    /// <summary>Makes room; nothing is remembered yet.</summary>
    /// <param name="capacity">How many verdicts are kept at most, rounded up to a multiple of eight.</param>
    public VerdictCache(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _sets = (uint)((capacity + Ways - 1) / Ways);
        _slots = new Entry?[_sets * Ways];
        for (var i = 0; i < Stripes; i++)
        {
            _locks[i] = new Lock();
        }
    }

    /// <summary>How many verdicts there can be.</summary>
    public int Capacity => _slots.Length;

    /// <summary>How many there are.</summary>
    public int Count => _slots.Count(slot => slot is not null);

    /// <summary>Finds what was decided on the token with that digest; an expired verdict is found too.</summary>
    public bool TryGet(ReadOnlySpan<byte> digest, out Verdict verdict)
    {
        foreach (ref var slot in SetOf(digest, out _))
        {
            if (Volatile.Read(ref slot) is { } entry && entry.IsFor(digest))
            {
                entry.Used = true;
                verdict = entry.Verdict;
                return true;
            }
        }

        verdict = default;
        return false;
    }

    /// <summary>Remembers a good token.</summary>
    public void Add(ReadOnlySpan<byte> digest, Verdict verdict, DateTimeOffset now)
    {
        Entry added = new(digest.ToArray(), verdict);
        var set = SetOf(digest, out var number);
        lock (_locks[number % Stripes])
        {
            Volatile.Write(ref set[Victim(set, digest, now)], added);
        }
    }

    private int Victim(Span<Entry?> set, ReadOnlySpan<byte> digest, DateTimeOffset now)
    {
        // The same token first: two requests may have verified it at the same time.
        for (var i = 0; i < Ways; i++)
        {
            if (set[i]?.IsFor(digest) == true)
            {
                return i;
            }
        }

        for (var i = 0; i < Ways; i++)
        {
            if (set[i] is not { } entry || entry.Verdict.NotAfter <= now)
            {
                return i;
            }
        }

        var hand = Interlocked.Increment(ref _hand);
        for (var i = 0; i < Ways; i++)
        {
            var at = (int)((uint)(hand + i) % Ways);
            if (!set[at]!.Used)
            {
                return at;
            }

            set[at]!.Used = false;
        }

        return (int)((uint)hand % Ways);
    }

    private Span<Entry?> SetOf(ReadOnlySpan<byte> digest, out uint number)
    {
        number = BitConverter.ToUInt32(digest) % _sets;
        return _slots.AsSpan((int)number * Ways, Ways);
    }

    private sealed class Entry(byte[] digest, Verdict verdict)
    {
        public Verdict Verdict { get; } = verdict;

        // A hint for eviction that may be lost between threads.
        public bool Used { get; set; }

        public bool IsFor(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(digest, other);
    }
}

/// <summary>A token that was found good.</summary>
/// <param name="Principal">Whose it is; null for one that may not come in.</param>
/// <param name="NotAfter">From when on it is expired, the clock skew included.</param>
internal readonly record struct Verdict(CachePrincipal? Principal, DateTimeOffset NotAfter)
{
    /// <summary>What it comes to until then.</summary>
    public AuthOutcome Outcome => Principal is { } principal ? principal : AuthFailure.NotAllowed;
}
