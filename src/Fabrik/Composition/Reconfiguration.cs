using System.Diagnostics.Metrics;
using Fabrik.Settings;
using Fabrik.Settings.Reload;
using Microsoft.Extensions.Logging;

namespace Fabrik.Composition;

/// <summary>Looks at other settings, or takes them; gives what is wrong with them.</summary>
internal delegate ValueTask<IReadOnlyList<string>> SettingsStep(EffectiveSettings settings, CancellationToken ct);

/// <summary>A part of a process that takes other settings while it runs.</summary>
/// <param name="Check">Says what is wrong with them, and changes nothing.</param>
/// <param name="Take">Takes them; what is wrong by then went wrong since the check.</param>
internal sealed record ReloadedPart(SettingsStep Check, SettingsStep Take)
{
    /// <summary>A part for which nothing can be wrong with settings that are right.</summary>
    public static ReloadedPart Of(Action<EffectiveSettings> take) => new(
        (_, _) => ValueTask.FromResult<IReadOnlyList<string>>([]),
        (settings, _) =>
        {
            take(settings);
            return ValueTask.FromResult<IReadOnlyList<string>>([]);
        });
}

/// <summary>What became of a configuration that was loaded again.</summary>
/// <param name="Problems">Why it was refused; empty where it holds.</param>
/// <param name="Changed">The settings that changed.</param>
/// <param name="NeedRestart">Those of them that wait for a restart.</param>
/// <param name="Generation">The number of the configuration that holds; the first has 1.</param>
internal sealed record ReloadOutcome(
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> NeedRestart,
    long Generation);

/// <summary>
/// Takes configurations that were loaded again, one after the other: each in all parts of the process, or, where one of
/// them refuses it, in none.
/// </summary>
internal sealed class Reconfiguration : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Meter _meter = new("Fabrik.Configuration");
    private readonly IReadOnlyList<ReloadedPart> _parts;
    private readonly ILogger _logger;
    private EffectiveSettings _inForce;
    private long _generation = 1;
    private long _refused;

    /// <summary>Begins with what the process started with.</summary>
    public Reconfiguration(EffectiveSettings started, IReadOnlyList<ReloadedPart> parts, ILogger logger)
    {
        (_inForce, _parts, _logger) = (started, parts, logger);
        _meter.CreateObservableGauge(
            "fabrik_config_generation", () => Generation, null, "The number of the configuration that holds.");
        _meter.CreateObservableCounter(
            "fabrik_config_refused_total",
            () => Volatile.Read(ref _refused),
            null,
            "Configurations that were loaded again and refused.");
    }

    /// <summary>The number of the configuration that holds; the first has 1.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Takes one, once those before it are taken or refused.</summary>
    public async Task<ReloadOutcome> TakeAsync(SettingsReload reload, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await NextAsync(reload, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _turn.Dispose();
    }

    private async Task<ReloadOutcome> NextAsync(SettingsReload reload, CancellationToken ct)
    {
        // What holds may be older than what was loaded before: that one may have been refused.
        IReadOnlyList<SettingChange> changes = SettingChange.Between(_inForce, reload.New);
        List<string> problems = [.. reload.Errors.Select(error => error.ToString())];
        if (problems.Count == 0 && changes.Count == 0)
        {
            return new ReloadOutcome([], [], [], Generation);
        }

        await EachAsync(problems.Count == 0 ? _parts.Select(part => part.Check) : [], reload.New, problems, ct);
        if (problems.Count > 0)
        {
            return Refused(problems);
        }

        await EachAsync(_parts.Select(part => part.Take), reload.New, problems, ct);
        _inForce = reload.New;
        Interlocked.Increment(ref _generation);
        string[] changed = [.. changes.Select(change => change.Key)];
        string[] waiting = [.. changes.Where(change => !change.IsHot).Select(change => change.Key)];
        Say(problems, changed, waiting);
        return new ReloadOutcome(problems, changed, waiting, Generation);
    }

    private static async Task EachAsync(
        IEnumerable<SettingsStep> steps, EffectiveSettings settings, List<string> problems, CancellationToken ct)
    {
        foreach (SettingsStep step in steps)
        {
            problems.AddRange(await step(settings, ct));
        }
    }

    private ReloadOutcome Refused(List<string> problems)
    {
        Interlocked.Increment(ref _refused);
        foreach (string problem in problems)
        {
            ServingLog.ConfigurationRefused(_logger, problem);
        }

        return new ReloadOutcome(problems, [], [], Generation);
    }

    private void Say(List<string> problems, string[] changed, string[] waiting)
    {
        foreach (string problem in problems)
        {
            ServingLog.ConfigurationTakenInPart(_logger, problem);
        }

        ServingLog.ConfigurationTaken(_logger, string.Join(", ", changed));
        foreach (string key in waiting)
        {
            ServingLog.NeedsRestart(_logger, key);
        }
    }
}
