namespace Fabrik.Fuzz.Crash;

/// <summary>Rounds, one after another; some in a row share a folder.</summary>
internal sealed class CrashRun(CrashOptions options, TextWriter output)
{
    private int _killed;
    private long _acknowledged;

    /// <summary>Runs the rounds up to the first finding, which is printed with the command that repeats it.</summary>
    /// <returns>Whether there was none.</returns>
    public async Task<bool> RunAsync()
    {
        var end = options.From + options.Rounds;
        for (var round = options.From; round < end;)
        {
            var epochEnd = Math.Min(end, CrashPlan.Of(options.Seed, round).Epoch + CrashPlan.EpochLength);
            if (!await RunEpochAsync(round, epochEnd))
            {
                return false;
            }

            round = epochEnd;
        }

        output.WriteLine($"{options.Rounds} rounds, {_killed} kills, {_acknowledged} acknowledged writes, no finding");
        return true;
    }

    private async Task<bool> RunEpochAsync(int from, int end)
    {
        var folder = Path.Combine(options.Directory, $"crash-{options.Seed}-{from}");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var model = new CrashModel { Kind = CrashPlan.Of(options.Seed, from).Kind };
        for (var number = from; number < end; number++)
        {
            var plan = CrashPlan.Of(options.Seed, number);
            try
            {
                await RunRoundAsync(folder, plan, model);
            }
            catch (InvalidOperationException finding)
            {
                output.WriteLine($"round {number} ({plan.Kind}): {finding.Message}");
                output.WriteLine($"the store is in {folder}; to repeat: Fabrik.Fuzz crash --seed {options.Seed} "
                    + $"--from {from} --rounds {number - from + 1}");
                return false;
            }
        }

        Directory.Delete(folder, recursive: true);
        return true;
    }

    private async Task RunRoundAsync(string folder, CrashPlan plan, CrashModel model)
    {
        if (plan.Kind == CrashKind.Torn)
        {
            foreach (var content in StoreDamage.Inflict(folder, new Random(plan.Seed)))
            {
                model.Damage(content);
            }
        }

        var round = new CrashRound(folder, options.Seed, plan, model);
        await round.RunAsync();
        _killed += round.WasKilled ? 1 : 0;
        _acknowledged += round.Acknowledged;
    }
}
