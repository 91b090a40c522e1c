using System.CommandLine;
using System.Text.Json;
using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.StoreAccess;

namespace Fabrik.Cli;

/// <summary><c>fabrik cache verify</c>: reads and checks every content of the store.</summary>
internal static class CacheVerify
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Option<bool> json = new("--json") { Description = "Print JSON." };
        Command command = new("verify", "Check every content, and drop what is damaged; exit code 1 if anything was.")
        {
            json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            long damaged = 0;
            int code = await CacheCommand.WithStoreAsync(
                context,
                result,
                async store =>
                {
                    CacheResult<VerifyReport> verified = await store.VerifyAsync(
                        new ProgressLine(context.Terminal), cancellationToken);
                    context.Terminal.ClearProgress();
                    if (verified.TryGet(out VerifyReport? report, out CacheError? error))
                    {
                        damaged = report.Damaged;
                        context.Terminal.Output.WriteLine(result.GetValue(json)
                            ? JsonSerializer.Serialize(report, StoreJson.Default.VerifyReport)
                            : StoreText.Verified(report));
                    }

                    return error;
                },
                cancellationToken);
            return damaged > 0 ? ExitCodes.Failed : code;
        });
        return command;
    }

    private sealed class ProgressLine(Terminal terminal) : IProgress<VerifyProgress>
    {
        public void Report(VerifyProgress value) => terminal.ShowProgress(
            $"{HumanText.Percent(value.Entries, value.Total)} of {HumanText.Count(value.Total)} entries, "
            + $"{HumanText.Bytes(value.Bytes)} read");
    }
}
