using System.CommandLine;
using Fabrik.Composition;

namespace Fabrik.Cli;

/// <summary><c>fabrik server</c>: serves on the addresses of the configuration, in the foreground.</summary>
internal static class ServerCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) => new ServeCommand
    {
        Name = "server",
        Help = "Serve build tools on the addresses of the configuration.",
        Mode = ServingMode.Server,
        Introduce = static (serving, listeners) => serving.SayHowToConnect(listeners),
    }.Create(context);
}
