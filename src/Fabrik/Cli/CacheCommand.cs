using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.Composition;
using Fabrik.Server;
using Fabrik.Settings;
using Fabrik.StoreAccess;

namespace Fabrik.Cli;

/// <summary><c>fabrik cache</c>: looks into the store and tends it, whether a process serves from it or not.</summary>
internal static class CacheCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) => new("cache", "Look into the store, and tend it.")
    {
        Stats(context),
        List(context),
        CacheClean.Create(context),
        CacheVerify.Create(context),
    };

    /// <summary>Runs something with the store of the configuration, and says why it cannot.</summary>
    public static async Task<int> WithStoreAsync(
        CommandContext context,
        ParseResult result,
        Func<IStoreAccess, Task<CacheError?>> use,
        CancellationToken cancellationToken)
    {
        if (!context.TryLoad(result, out EffectiveSettings? settings))
        {
            return ExitCodes.Failed;
        }

        List<string> problems = [];
        if (StoreOptions.Of(settings, context.Sources(result).Environment, problems) is not { } options)
        {
            context.Terminal.Fail(problems[0]);
            return ExitCodes.Failed;
        }

        CacheResult<IStoreAccess> found = await StoreFinder.FindAsync(options, TimeProvider.System, cancellationToken);
        if (!found.TryGet(out IStoreAccess? store, out CacheError? error))
        {
            context.Terminal.Fail(error.Message);
            return ExitCodes.Failed;
        }

        await using (store)
        {
            try
            {
                error = await use(store);
            }
            catch (StoreAccessException e)
            {
                error = CacheError.Internal(CacheErrorKind.Unavailable, e.Message);
            }
        }

        if (error is not null)
        {
            context.Terminal.Fail(error.Message);
        }

        return error is null ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary><c>--tool</c>.</summary>
    public static Option<string?> ToolOption()
    {
        Option<string?> tool = new("--tool")
        {
            Description = "Only entries of one protocol.",
            CustomParser = given => OptionValue.Read<string>(
                given, TryReadTool, $"one of {string.Join(", ", ServerRoutes.Tools)}"),
        };
        tool.CompletionSources.Add([.. ServerRoutes.Tools]);
        return tool;
    }

    private static bool TryReadTool(string text, out string tool)
    {
        tool = text;
        return ServerRoutes.Tools.Contains(text, StringComparer.Ordinal);
    }

    private static bool TryReadCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private static Command Stats(CommandContext context)
    {
        Option<bool> json = new("--json") { Description = "Print JSON." };
        Command command = new("stats", "Print what the store holds.") { json };
        command.SetAction((result, cancellationToken) => WithStoreAsync(
            context,
            result,
            async store =>
            {
                CacheResult<StoreStatistics> asked = await store.StatisticsAsync(cancellationToken);
                if (asked.TryGet(out StoreStatistics? statistics, out CacheError? error))
                {
                    context.Terminal.Output.WriteLine(result.GetValue(json)
                        ? JsonSerializer.Serialize(statistics, StoreJson.Default.StoreStatistics)
                        : StoreText.Statistics(statistics));
                }

                return error;
            },
            cancellationToken));
        return command;
    }

    private static Command List(CommandContext context)
    {
        Option<string?> tool = ToolOption();
        Option<int> limit = new("--limit")
        {
            Description = "Print at most so many; 0 for all.",
            HelpName = "NUMBER",
            CustomParser = given => OptionValue.Read<int>(given, TryReadCount, "a number from 0"),
        };
        Option<bool> json = new("--json") { Description = "Print one JSON object a line." };
        Command command = new("list", "Print the entries of the store.") { tool, limit, json };
        command.SetAction((result, cancellationToken) => WithStoreAsync(
            context,
            result,
            async store =>
            {
                EntryFilter filter = new()
                {
                    Tool = result.GetValue(tool) ?? "",
                    Limit = result.GetValue(limit) is > 0 and var most ? most : int.MaxValue,
                };
                await foreach (StoreEntry entry in store.ListAsync(filter, cancellationToken))
                {
                    context.Terminal.Output.WriteLine(result.GetValue(json)
                        ? JsonSerializer.Serialize(entry, StoreJson.Default.StoreEntry)
                        : StoreText.Entry(entry, TimeProvider.System.GetUtcNow()));
                }

                return null;
            },
            cancellationToken));
        return command;
    }
}
