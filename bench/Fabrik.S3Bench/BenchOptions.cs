using System.Globalization;

namespace Fabrik.S3Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage =
        "usage: Fabrik.S3Bench --server ACCESS_KEY,SECRET,NAME,URL,PID[,METRICS] ..."
        + " [--rounds N] [--requests N] [--seed N]; a URL is http://HOST:PORT/BUCKET/";

    /// <summary>Who is asked, in this order in every second round.</summary>
    public IReadOnlyList<SignedServer> Servers { get; init; } = [];

    /// <summary>Rounds that count; one that does not is before them.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Requests of 4 KiB in a round; of larger ones a tenth.</summary>
    public int Requests { get; init; } = 4000;

    /// <summary>What contents are made from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Reads the command line; null when it is wrong.</summary>
    public static BenchOptions? Read(string[] arguments)
    {
        if (arguments.Length % 2 != 0)
        {
            return null;
        }

        BenchOptions options = new();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var text = arguments[i + 1];
            var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number > 0;
            switch (arguments[i])
            {
                case "--server" when SignedServer.Read(text) is { } server:
                    options = options with { Servers = [.. options.Servers, server] };
                    break;
                case "--rounds" when isNumber:
                    options = options with { Rounds = number };
                    break;
                case "--requests" when isNumber:
                    options = options with { Requests = number };
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
    public IEnumerable<SignedServer> Turn(int round) =>
        Enumerable.Range(0, Servers.Count).Select(i => Servers[(round + i) % Servers.Count]);
}
