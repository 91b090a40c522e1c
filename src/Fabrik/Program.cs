using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using Fabrik.Cli;

namespace Fabrik;

/// <summary>Entry point of the binary.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        // Keys and paths may have any character; the console's own encoding need not.
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        CommandContext context = new(args, Terminal.OfProcess);
        InvocationConfiguration configuration = new()
        {
            EnableDefaultExceptionHandler = false,
            // Commands that serve drain at their own pace.
            ProcessTerminationTimeout = null,
        };
        ParseResult parsed = RootCommands.Create(context).Parse(context.Remaining);
        if (parsed.Action is ParseErrorAction)
        {
            return UsageErrors.Report(context.Terminal, parsed);
        }

        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The state folder, or the output: whatever the disk refuses that no command expects. All else is a bug.
            context.Terminal.Fail(e.Message);
            return ExitCodes.Failed;
        }
    }
}
