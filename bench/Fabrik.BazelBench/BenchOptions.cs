using System.Globalization;
using Fabrik.Measuring;

namespace Fabrik.BazelBench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage =
        "usage: Fabrik.BazelBench transfer|calls --server NAME,URL,PID[,METRICS] ..."
        + " [--rounds N] [--requests N] [--entries N] [--seed N]; a URL is grpc://… or http://…/ of the blobs";

    /// <summary>What is measured.</summary>
    public BenchPart Part { get; init; }

    /// <summary>Who is asked, in this order in every second round.</summary>
    public IReadOnlyList<Server> Servers { get; init; } = [];

    /// <summary>Rounds that count; one that does not is before them.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Requests of 128 KiB in a round; of larger ones proportionally fewer.</summary>
    public int Requests { get; init; } = 5000;

    /// <summary>Small blobs in the store that is asked for missing ones.</summary>
    public int Entries { get; init; } = 1_000_000;

    /// <summary>What contents are made from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Reads the command line; null when it is wrong.</summary>
    public static BenchOptions? Read(string[] arguments)
    {
        if (arguments.Length % 2 == 0 || !Enum.TryParse(arguments[0], ignoreCase: true, out BenchPart part))
        {
            return null;
        }

        BenchOptions options = new() { Part = part };
        for (var i = 1; i < arguments.Length; i += 2)
        {
            var text = arguments[i + 1];
            var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number > 0;
            switch (arguments[i])
            {
                case "--server" when Server.Read(text) is { } server:
                    options = options with { Servers = [.. options.Servers, server] };
                    break;
                case "--rounds" when isNumber:
                    options = options with { Rounds = number };
                    break;
                case "--requests" when isNumber:
                    options = options with { Requests = number };
                    break;
                case "--entries" when isNumber:
                    options = options with { Entries = number };
                    break;
                case "--seed" when isNumber:
                    options = options with { Seed = number };
                    break;
                default:
                    return null;
            }
        }

        return options.Servers.Count > 0 ? options : null;
    }

    /// <summary>The servers of a round: each goes first in its turn.</summary>
    public IEnumerable<Server> Turn(int round) =>
        Enumerable.Range(0, Servers.Count).Select(i => Servers[(round + i) % Servers.Count]);
}
