using Fabrik.Cache.Artifacts;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>
/// The last questions for results of actions, and who stored them: in memory, for whoever wonders why a build did not
/// find something. To append takes a short lock and, but for texts that are new, no memory.
/// </summary>
/// <remarks>
/// With the default limits it takes at most about 8 MiB for the entries, 16 MiB for their texts, and 6 MiB for the
/// counts; nothing until the first entry.
/// </remarks>
public sealed class ActionJournal
{
    /// <summary>The name under which all are counted that came when there was no room for another name.</summary>
    public const string Other = "other";

    /// <summary>UTF-16 units of a text; the rest is cut.</summary>
    public const int MaxText = 256;

    // Entries that are made together, and looked at under one lock.
    private const int ChunkLength = 1024;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly JournalLimits _limits;
    private readonly JournalEntry[]?[] _chunks;
    private readonly JournalWords _words = new();
    private readonly CountTable _targets;
    private readonly CountTable _mnemonics;
    private DateTimeOffset _since;
    private long _first;
    private long _next;

    /// <summary>Starts an empty one.</summary>
    public ActionJournal(TimeProvider time, JournalLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _limits = limits ?? new JournalLimits();
        _chunks = new JournalEntry[(_limits.Lookups + ChunkLength - 1) / ChunkLength][];
        _targets = new CountTable(_limits.Targets);
        _mnemonics = new CountTable(_limits.Mnemonics);
        _since = Started = time.GetUtcNow();
    }

    /// <summary>When it began; counts are since then.</summary>
    public DateTimeOffset Started { get; }

    /// <summary>No entry is missing since then.</summary>
    public DateTimeOffset Since
    {
        get
        {
            lock (_gate)
            {
                return _since;
            }
        }
    }

    /// <summary>Entries that are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return (int)(_next - _first);
            }
        }
    }

    /// <summary>Counts since the start, by target.</summary>
    public IReadOnlyList<LookupCounts> Targets
    {
        get
        {
            lock (_gate)
            {
                return _targets.Copy();
            }
        }
    }

    /// <summary>Counts since the start, by mnemonic.</summary>
    public IReadOnlyList<LookupCounts> Mnemonics
    {
        get
        {
            lock (_gate)
            {
                return _mnemonics.Copy();
            }
        }
    }

    /// <summary>UTF-16 units of the texts that are kept.</summary>
    internal long TextLength
    {
        get
        {
            lock (_gate)
            {
                return _words.Length;
            }
        }
    }

    /// <summary>Entries that a filter lets through, the newest first.</summary>
    /// <param name="filter">Which are wanted.</param>
    /// <param name="limit">How many at most.</param>
    public IReadOnlyList<ActionLookup> Find(LookupFilter filter, int limit)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var found = new List<ActionLookup>();
        Scan((in JournalEntry entry) =>
        {
            if (found.Count < limit && filter.Admits(entry))
            {
                found.Add(entry.ToLookup());
            }

            return found.Count < limit;
        });
        return found;
    }

    /// <summary>The last runs of build tools, the newest first, as far as entries of them are kept.</summary>
    /// <param name="limit">How many at most.</param>
    public IReadOnlyList<InvocationCounts> Invocations(int limit)
    {
        var found = new Dictionary<string, InvocationCounts>(StringComparer.Ordinal);
        Scan((in JournalEntry entry) =>
        {
            var name = entry.Invocation.Text;
            if (!found.TryGetValue(name, out var counts))
            {
                if (found.Count == limit)
                {
                    return true;
                }

                counts = new InvocationCounts { LastAt = entry.At, Counts = new LookupCounts { Name = name } };
                found.Add(name, counts);
            }

            counts.FirstAt = entry.At;
            counts.Counts.Count(entry.Outcome);
            return true;
        });
        return [.. found.Values.OrderByDescending(static run => run.LastAt)];
    }

    /// <summary>Writes something down that ends now.</summary>
    /// <returns>The name under which its mnemonic is counted.</returns>
    internal string Append(in ActionLookup lookup)
    {
        if (!ContentDigest.TryParse(lookup.Action, out var action))
        {
            throw new ArgumentException("the action's hash is none", nameof(lookup));
        }

        var now = _time.GetUtcNow();
        var (target, mnemonic) = (Cut(lookup.Target), Cut(lookup.Mnemonic));
        lock (_gate)
        {
            if (_next - _first == _limits.Lookups)
            {
                DropFirst();
            }

            EntryAt(_next++) = new JournalEntry
            {
                At = now,
                Action = action,
                Outcome = lookup.Outcome,
                Detail = _words.Take(Cut(lookup.Detail)),
                Instance = _words.Take(Cut(lookup.Instance)),
                Tenant = _words.Take(Cut(lookup.Tenant)),
                Scope = _words.Take(Cut(lookup.Scope)),
                Subject = _words.Take(Cut(lookup.Subject)),
                Target = _words.Take(target),
                Mnemonic = _words.Take(mnemonic),
                Configuration = _words.Take(Cut(lookup.Configuration)),
                Invocation = _words.Take(Cut(lookup.Invocation)),
            };
            while (_words.Length > _limits.TextLength && _first < _next - 1)
            {
                DropFirst();
            }

            _targets.Count(target, lookup.Outcome);
            return _mnemonics.Count(mnemonic, lookup.Outcome);
        }
    }

    // The newest first, until one is enough; the lock is let go now and then.
    private void Scan(Visit visit)
    {
        var before = long.MaxValue;
        var goesOn = true;
        while (goesOn && before > 0)
        {
            lock (_gate)
            {
                var end = Math.Min(before, _next);
                before = Math.Max(_first, end - ChunkLength);
                for (var at = end - 1; goesOn && at >= before; at--)
                {
                    goesOn = visit(in EntryAt(at));
                }

                before = before == _first ? 0 : before;
            }
        }
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText];

    private delegate bool Visit(in JournalEntry entry);

    private void DropFirst()
    {
        ref var entry = ref EntryAt(_first++);
        entry.Release(_words);
        _since = entry.At;
        entry = default;
    }

    private ref JournalEntry EntryAt(long number)
    {
        var at = (int)(number % _limits.Lookups);
        ref var chunk = ref _chunks[at / ChunkLength];
        chunk ??= new JournalEntry[Math.Min(ChunkLength, _limits.Lookups)];
        return ref chunk[at % ChunkLength];
    }
}
