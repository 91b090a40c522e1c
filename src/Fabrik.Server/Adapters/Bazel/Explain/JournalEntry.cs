using Fabrik.Cache.Artifacts;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>An <see cref="ActionLookup"/> as it lies in the journal.</summary>
internal readonly struct JournalEntry
{
    public DateTimeOffset At { get; init; }
    public ContentDigest Action { get; init; }
    public LookupOutcome Outcome { get; init; }
    public JournalWords.Word Detail { get; init; }
    public JournalWords.Word Instance { get; init; }
    public JournalWords.Word Tenant { get; init; }
    public JournalWords.Word Scope { get; init; }
    public JournalWords.Word Subject { get; init; }
    public JournalWords.Word Target { get; init; }
    public JournalWords.Word Mnemonic { get; init; }
    public JournalWords.Word Configuration { get; init; }
    public JournalWords.Word Invocation { get; init; }

    /// <summary>Gives its texts back.</summary>
    public void Release(JournalWords words)
    {
        words.Release(Detail);
        words.Release(Instance);
        words.Release(Tenant);
        words.Release(Scope);
        words.Release(Subject);
        words.Release(Target);
        words.Release(Mnemonic);
        words.Release(Configuration);
        words.Release(Invocation);
    }

    /// <summary>As others see it.</summary>
    public ActionLookup ToLookup() => new()
    {
        At = At,
        Action = Action.ToString(),
        Outcome = Outcome,
        Detail = Detail.Text,
        Instance = Instance.Text,
        Tenant = Tenant.Text,
        Scope = Scope.Text,
        Subject = Subject.Text,
        Target = Target.Text,
        Mnemonic = Mnemonic.Text,
        Configuration = Configuration.Text,
        Invocation = Invocation.Text,
    };
}
