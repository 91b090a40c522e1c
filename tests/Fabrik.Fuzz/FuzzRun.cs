namespace Fabrik.Fuzz;

/// <summary>Runs one target over mutated inputs.</summary>
internal static class FuzzRun
{
    /// <summary>Feeds inputs to the target while <paramref name="goOn"/>, given their number, says so.</summary>
    /// <returns>How many inputs were run.</returns>
    /// <exception cref="InvalidOperationException">A finding; it names target, seed and input.</exception>
    public static long Execute(IFuzzTarget target, int seed, Func<long, bool> goOn)
    {
        var mutator = new FuzzMutator(target.Seeds, seed);
        var count = 0L;
        while (goOn(count))
        {
            var input = mutator.Next();
            try
            {
                target.Run(input);
            }
            catch (Exception finding)
            {
                throw new InvalidOperationException(
                    $"target {target.Name}, seed {seed}, iteration {count}, input (base64) "
                    + $"{Convert.ToBase64String(input)}: {finding.Message}",
                    finding);
            }

            count++;
        }

        return count;
    }
}
