using System.Diagnostics;
using System.Globalization;

namespace Fabrik.Fuzz.Crash;

/// <summary><c>Fabrik.Fuzz crash [--rounds N] [--seed N] [--from N] [--dir D]</c>: kills the local store.</summary>
internal static class CrashCommand
{
    /// <summary>What the command line calls it.</summary>
    public const string Name = "crash";

    /// <summary>What the driver starts its workers with.</summary>
    public const string Worker = "crash-worker";

    public const string Usage = "Fabrik.Fuzz crash [--rounds N] [--seed N] [--from N] [--dir D]";

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is [Worker, var folder, var seed, var round])
        {
            return await CrashWorker.RunAsync(folder, Number(seed), Number(round));
        }

        if (!TryParse(arguments, out var options))
        {
            await Console.Error.WriteLineAsync($"usage: {Usage}");
            return 2;
        }

        Console.WriteLine($"{options.Rounds} rounds from {options.From} with seed {options.Seed}");
        var clock = Stopwatch.StartNew();
        var isSound = await new CrashRun(options, Console.Out).RunAsync();
        Console.WriteLine($"{clock.Elapsed.TotalSeconds:F0} s");
        return isSound ? 0 : 1;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static bool TryParse(string[] arguments, out CrashOptions options)
    {
        options = new CrashOptions();
        for (var i = 1; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length)
            {
                return false;
            }

            var isNumber = int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out var number) && number >= 0;
            switch (arguments[i])
            {
                case "--rounds" when isNumber:
                    options = options with { Rounds = number };
                    break;
                case "--seed" when isNumber:
                    options = options with { Seed = number };
                    break;
                case "--from" when isNumber:
                    options = options with { From = number };
                    break;
                case "--dir":
                    options = options with { Directory = arguments[i + 1] };
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
