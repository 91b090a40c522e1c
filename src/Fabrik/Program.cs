using System.CommandLine;
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
            // Commands that serve drain at their own pace.
            ProcessTerminationTimeout = null,
        };
        return await RootCommands.Create(context).Parse(context.Remaining).InvokeAsync(configuration);
    }
}
