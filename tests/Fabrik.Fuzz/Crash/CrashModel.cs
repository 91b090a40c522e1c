using System.Globalization;

namespace Fabrik.Fuzz.Crash;

/// <summary>What the store must hold, according to what it acknowledged.</summary>
internal sealed class CrashModel
{
    /// <summary>The content of a key that is not there.</summary>
    public const int Absent = -1;

    private readonly KeyState[] _keys = [.. Enumerable.Range(0, CrashPlan.Keys).Select(_ => new KeyState())];
    private readonly HashSet<int> _damaged = [];

    /// <summary>The kind of the rounds.</summary>
    public required CrashKind Kind { get; init; }

    /// <summary>Takes a line of the journal in.</summary>
    /// <returns>A finding, or null when the store may have answered like this.</returns>
    public string? Take(string line)
    {
        var words = line.Split(' ');
        return words[0] switch
        {
            CrashJournal.Put => Begin(Number(words[1]), Number(words[2])),
            CrashJournal.Delete => Begin(Number(words[1]), Absent),
            CrashJournal.PutDone => TakePut(Number(words[1]), Number(words[2]), words[3]),
            CrashJournal.DeleteDone => TakeDelete(Number(words[1]), bool.Parse(words[2])),
            CrashJournal.Finding => line,
            _ => null,
        };
    }

    /// <summary>The file of a content was damaged: until the next check it may be missing.</summary>
    public void Damage(int content) => _damaged.Add(content);

    /// <summary>A key was read after the crash: a finding, or null when that may be, and is so from now on.</summary>
    public string? Check(int key, int found)
    {
        var state = _keys[key];
        if (!IsPossible(state, found) && state.Pending != found)
        {
            return $"key {key} is {Name(found)}, but must be {Describe(state)}";
        }

        state.Settle(found);
        return null;
    }

    /// <summary>Everything was read, and what was damaged has been dropped.</summary>
    public void CheckEnds() => _damaged.Clear();

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static string Name(int content) => content == Absent ? "absent" : $"content {content}";

    private static string Describe(KeyState state) =>
        string.Join(" or ", state.Acknowledged.Select(Name))
        + (state.Pending is { } pending ? $" or, not acknowledged, {Name(pending)}" : "");

    private string? Begin(int key, int content)
    {
        _keys[key].Pending = content;
        return null;
    }

    private string? TakePut(int key, int content, string outcome)
    {
        var state = _keys[key];
        var before = Describe(state);
        var isPossible = outcome switch
        {
            "Stored" => IsPossible(state, Absent)
                || state.Acknowledged.Any(old => old != content || CrashContent.ListingOf(content).Length > 0),
            "Identical" => IsPossible(state, content),
            "Kept" => state.Acknowledged.Any(old => old != content && old != Absent),
            _ => false,
        };
        if (outcome is "Stored" or "Identical")
        {
            state.Settle(content);
        }
        else
        {
            state.Pending = null;
        }

        return isPossible ? null : $"key {key}: content {content} was answered with {outcome}, but it was {before}";
    }

    private string? TakeDelete(int key, bool wasThere)
    {
        var state = _keys[key];
        var before = Describe(state);
        var isPossible = wasThere ? state.Acknowledged.Any(old => old != Absent) : IsPossible(state, Absent);
        state.Settle(Absent);
        return isPossible ? null : $"key {key}: deletion was answered with {wasThere}, but it was {before}";
    }

    private bool IsPossible(KeyState state, int content) =>
        state.Acknowledged.Contains(content) || (content == Absent && MayBeMissing(state));

    private bool MayBeMissing(KeyState state) =>
        Kind == CrashKind.Tight || state.Acknowledged.Overlaps(_damaged)
        || (state.Pending is { } pending && _damaged.Contains(pending));

    private sealed class KeyState
    {
        /// <summary>What it is without the operation under way: one content.</summary>
        public HashSet<int> Acknowledged { get; } = [Absent];

        /// <summary>What the operation under way makes of it.</summary>
        public int? Pending { get; set; }

        public void Settle(int content)
        {
            Acknowledged.Clear();
            Acknowledged.Add(content);
            Pending = null;
        }
    }
}
