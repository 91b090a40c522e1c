using System.CommandLine;
using Fabrik.Composition;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Cli;

/// <summary><c>fabrik s3-proxy</c>: serves the buckets of the configuration, in the foreground.</summary>
internal static class S3ProxyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Option<string?> portsFile = PortsFileOption.Create();
        SettingsCommand command = new("s3-proxy", "Serve private buckets, cached, to whoever has a token.")
        {
            portsFile,
        };
        command.SetAction((result, _) => RunAsync(context, result, result.GetValue(portsFile)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, ParseResult result, string? portsFile)
    {
        if (!context.TryLoad(result, out EffectiveSettings? settings))
        {
            return ExitCodes.Failed;
        }

        if (settings.Items(S3ProxySettings.Buckets).Count == 0)
        {
            string file = settings.FilePath ?? "no configuration file was found";
            context.Terminal.Fail($"{S3ProxySettings.Buckets.Path}: expected a bucket to serve, found none ({file})");
            return ExitCodes.Failed;
        }

        Serving serving = new(context.Terminal, settings, context.Sources(result));
        return await serving.RunAsync(
            ServingMode.S3Proxy, listeners => PortsFileOption.Write(portsFile, listeners));
    }
}
