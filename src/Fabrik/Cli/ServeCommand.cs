using System.CommandLine;
using Fabrik.Composition;
using Fabrik.Settings;

namespace Fabrik.Cli;

/// <summary>A command that serves at the addresses of the configuration until it is ended.</summary>
internal sealed record ServeCommand
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, in a line.</summary>
    public required string Help { get; init; }

    /// <summary>What listens.</summary>
    public required ServingMode Mode { get; init; }

    /// <summary>Says what settings that are right still lack; null for nothing.</summary>
    public Func<EffectiveSettings, string?> Lacks { get; init; } = static _ => null;

    /// <summary>Where to find what is lacking; null where nothing needs to be said.</summary>
    public string? Hint { get; init; }

    /// <summary>Tells people on the output where it listens, once it does.</summary>
    public Action<Serving, IReadOnlyList<ListenerRole>> Introduce { get; init; } = static (_, _) => { };

    /// <summary>Makes the command.</summary>
    public SettingsCommand Create(CommandContext context)
    {
        Option<string?> portsFile = PortsFileOption.Create();
        SettingsCommand command = new(Name, Help)
        {
            portsFile,
        };
        command.SetAction((result, _) => RunAsync(context, result, result.GetValue(portsFile)));
        return command;
    }

    private async Task<int> RunAsync(CommandContext context, ParseResult result, string? portsFile)
    {
        if (!context.TryLoad(result, out EffectiveSettings? settings))
        {
            return ExitCodes.Failed;
        }

        if (Lacks(settings) is { } lacking)
        {
            context.Terminal.Fail($"{lacking} ({settings.FilePath ?? "no configuration file was found"})");
            if (Hint is not null)
            {
                context.Terminal.Say(Hint);
            }

            return ExitCodes.Failed;
        }

        Serving serving = new(context.Terminal, settings, context.Sources(result));
        return await serving.RunAsync(Mode, listeners =>
        {
            if (PortsFileOption.Write(portsFile, listeners) is { } problem)
            {
                return problem;
            }

            Introduce(serving, listeners);
            return null;
        });
    }
}
