using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>
/// Answers why a build did or did not find something: from the journal, and from what is stored now. For operators: it
/// sees all tenants.
/// </summary>
public sealed class ActionExplainer
{
    /// <summary>Lookups that are given at most.</summary>
    public const int MaxLookups = 1000;

    private const int MaxInvocations = 20;

    private readonly ActionJournal _journal;
    private readonly StoredActions _stored;
    private readonly StoredMessages _messages;

    /// <summary>Makes one over the cache and the journal of services.</summary>
    /// <exception cref="ArgumentException">They have no journal.</exception>
    public ActionExplainer(ServerServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _journal = services.Actions ?? throw new ArgumentException("expected a journal", nameof(services));
        _stored = new StoredActions(services);
        _messages = new StoredMessages(services);
    }

    /// <summary>Counts since the start of the process.</summary>
    public ActionStatistics Statistics() => new()
    {
        Started = _journal.Started,
        Mnemonics = _journal.Mnemonics,
        Targets = _journal.Targets,
        Invocations = _journal.Invocations(MaxInvocations),
    };

    /// <summary>What is known of an action, a target or a run. Of an action it is also seen what is stored.</summary>
    public async ValueTask<CacheResult<ExplainReport>> ExplainAsync(
        LookupFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var report = new ExplainReport
        {
            Started = _journal.Started,
            Since = _journal.Since,
            Lookups = _journal.Find(filter, MaxLookups),
        };
        if (filter.Action is not { } action)
        {
            return report;
        }

        var found = await _stored.FindAsync(action, report.Lookups, cancellationToken);
        return found.TryGet(out var stored, out var error)
            ? report with { Results = [.. stored.Results.Select(Describe)], Description = Describe(stored) }
            : error;
    }

    /// <summary>What differs between two actions and their results, as far as they are stored.</summary>
    public async ValueTask<CacheResult<ActionComparison>> CompareAsync(
        ContentDigest first, ContentDigest second, CancellationToken cancellationToken)
    {
        var one = await FindAsync(first, cancellationToken);
        if (!one.TryGet(out var left, out var error))
        {
            return error;
        }

        var other = await FindAsync(second, cancellationToken);
        return other.TryGet(out var right, out error)
            ? await new ActionComparer(_messages, left, right).CompareAsync(cancellationToken)
            : error;
    }

    private ValueTask<CacheResult<StoredAction>> FindAsync(ContentDigest action, CancellationToken cancellationToken) =>
        _stored.FindAsync(
            action, _journal.Find(new LookupFilter { Action = action }, MaxLookups), cancellationToken);

    private static StoredResult Describe(PlacedResult placed) => new()
    {
        Tenant = placed.Tenant,
        Instance = placed.Instance,
        Scope = placed.Scope,
        Outcome = placed.Found.Outcome,
        Missing = placed.Found.Missing,
        StoredAt = placed.Found.StoredAt,
        ExitCode = placed.Found.Result?.ExitCode ?? 0,
        Outputs = (placed.Found.Result?.OutputFiles.Count + placed.Found.Result?.OutputDirectories.Count) ?? 0,
    };

    private static ActionDescription Describe(StoredAction stored)
    {
        var root = stored.Message?.InputRootDigest;
        return new ActionDescription
        {
            HasAction = stored.Message is not null,
            HasCommand = stored.Command is not null,
            Arguments = [.. stored.Command?.Arguments ?? []],
            InputRoot = root is null ? "" : $"{root.Hash}/{root.SizeBytes}",
        };
    }
}
