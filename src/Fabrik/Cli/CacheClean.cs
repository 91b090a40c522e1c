using System.CommandLine;
using System.Text.Json;
using Fabrik.Cache;
using Fabrik.Settings.Values;
using Fabrik.StoreAccess;

namespace Fabrik.Cli;

/// <summary><c>fabrik cache clean</c>: removes entries.</summary>
internal static class CacheClean
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Option<ByteSize?> keep = new("--keep")
        {
            Description = "Evict, by the store's policy, until so much is kept (5GB).",
            HelpName = "SIZE",
            CustomParser = given => OptionValue.Read<ByteSize>(given, TryReadSize, "a size such as 5GB"),
        };
        Option<string?> tool = CacheCommand.ToolOption();
        Option<TimeSpan?> unused = new("--unused-for")
        {
            Description = "Only entries that were neither stored nor read for so long (7d).",
            HelpName = "DURATION",
            CustomParser = given => OptionValue.Read<TimeSpan>(given, TryReadDuration, "a duration such as 7d"),
        };
        Option<bool> json = new("--json") { Description = "Print JSON." };
        Command command = new("clean", "Remove all entries of the store, or those that the options name.")
        {
            keep,
            tool,
            unused,
            json,
        };
        command.Validators.Add(given =>
        {
            bool isChosen = given.GetResult(tool) is not null || given.GetResult(unused) is not null;
            if (given.GetResult(keep) is not null && isChosen)
            {
                given.AddError("--keep evicts by the store's policy: expected it without --tool and --unused-for");
            }
        });
        command.SetAction((result, cancellationToken) => CacheCommand.WithStoreAsync(
            context,
            result,
            async store =>
            {
                CleanRequest request = new()
                {
                    KeepBytes = result.GetValue(keep)?.Bytes,
                    Tool = result.GetValue(tool) ?? "",
                    UnusedFor = result.GetValue(unused),
                };
                CacheResult<CleanReport> cleaned = await store.CleanAsync(request, cancellationToken);
                if (cleaned.TryGet(out CleanReport? report, out CacheError? error))
                {
                    context.Terminal.Output.WriteLine(result.GetValue(json)
                        ? JsonSerializer.Serialize(report, StoreJson.Default.CleanReport)
                        : StoreText.Cleaned(report));
                }

                return error;
            },
            cancellationToken));
        return command;
    }

    private static bool TryReadSize(string text, out ByteSize size) => ByteSize.TryParse(text, out size);

    private static bool TryReadDuration(string text, out TimeSpan time) => Duration.TryParse(text, out time);
}
