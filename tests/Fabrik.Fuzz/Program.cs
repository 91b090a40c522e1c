using System.Diagnostics;
using Fabrik.Fuzz.Crash;

namespace Fabrik.Fuzz;

/// <summary>
/// <c>Fabrik.Fuzz &lt;target&gt; [--seconds N] [--seed N]</c> fuzzes one parser by hand; <c>Fabrik.Fuzz crash</c>
/// kills the local store in the middle of its work (<see cref="CrashCommand"/>).
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is [CrashCommand.Name or CrashCommand.Worker, ..])
        {
            return await CrashCommand.RunAsync(arguments);
        }

        if (!TryParse(arguments, out var target, out var seconds, out var seed))
        {
            await Console.Error.WriteLineAsync(
                "usage: Fabrik.Fuzz <target> [--seconds N] [--seed N], where target is one of: "
                + string.Join(", ", FuzzTargets.All.Select(known => known.Name)) + $"; or {CrashCommand.Usage}");
            return 2;
        }

        Console.WriteLine($"fuzzing {target.Name} for {seconds} s with seed {seed}");
        var clock = Stopwatch.StartNew();
        try
        {
            var count = FuzzRun.Execute(target, seed, _ => clock.Elapsed.TotalSeconds < seconds);
            Console.WriteLine($"{count} inputs, no finding");
            return 0;
        }
        catch (InvalidOperationException finding)
        {
            await Console.Error.WriteLineAsync(finding.ToString());
            return 1;
        }
    }

    private static bool TryParse(string[] arguments, out IFuzzTarget target, out int seconds, out int seed)
    {
        var name = arguments.FirstOrDefault();
        target = FuzzTargets.All.FirstOrDefault(known => known.Name == name)!;
        seconds = 60;
        seed = Random.Shared.Next();
        for (var i = 1; i < arguments.Length; i += 2)
        {
            var value = 0;
            if (i + 1 == arguments.Length || !int.TryParse(arguments[i + 1], out value))
            {
                return false;
            }

            switch (arguments[i])
            {
                case "--seconds":
                    seconds = value;
                    break;
                case "--seed":
                    seed = value;
                    break;
                default:
                    return false;
            }
        }

        return target is not null;
    }
}
