using System.Globalization;

namespace Fabrik.StoreBench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage =
        "usage: Fabrik.StoreBench --folder FOLDER [--entries N] [--writers N] [--seed N]"
        + " [--only store|queue|existence] [--upstream URL]";

    /// <summary>An empty or missing folder; everything in it is the benchmark's.</summary>
    public required string Folder { get; init; }

    /// <summary>Small entries in the store that is opened and read.</summary>
    public int Entries { get; init; } = 1_000_000;

    /// <summary>Writes that are under way at a time.</summary>
    public int Writers { get; init; } = 16;

    /// <summary>What keys and contents are made from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether the store is measured.</summary>
    public bool Store { get; init; } = true;

    /// <summary>Whether the upload queue is measured.</summary>
    public bool Queue { get; init; } = true;

    /// <summary>A layer 2 that is asked about many artifacts at once; without one that is not measured.</summary>
    public Uri? Upstream { get; init; }

    /// <summary>Reads the command line; null when it is wrong.</summary>
    public static BenchOptions? Read(string[] arguments)
    {
        var options = new BenchOptions { Folder = "" };
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            var text = arguments[i + 1];
            var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (arguments[i])
            {
                case "--folder":
                    options = options with { Folder = text };
                    break;
                case "--entries" when isNumber && number > 0:
                    options = options with { Entries = number };
                    break;
                case "--writers" when isNumber && number > 0:
                    options = options with { Writers = number };
                    break;
                case "--seed" when isNumber:
                    options = options with { Seed = number };
                    break;
                case "--upstream" when Uri.TryCreate(text, UriKind.Absolute, out var upstream):
                    options = options with { Upstream = upstream };
                    break;
                case "--only" when text is "store" or "queue" or "existence":
                    options = options with { Store = text == "store", Queue = text == "queue" };
                    break;
                default:
                    return null;
            }
        }

        return arguments.Length % 2 == 0 && options.Folder.Length > 0 ? options : null;
    }
}
