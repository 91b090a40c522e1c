using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Fabrik.Activation;
using Fabrik.Settings;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;

namespace Fabrik.Cli;

/// <summary>What all commands share: the options that every one of them takes, and where settings come from.</summary>
internal sealed class CommandContext
{
    private readonly SettingsFlags _flags;

    /// <summary>Takes the flags of settings out of a command line.</summary>
    public CommandContext(IReadOnlyList<string> arguments, Terminal terminal)
    {
        _flags = SettingsFlags.Extract(arguments, SettingsSchema.Product);
        Arguments = arguments;
        Terminal = terminal;
    }

    /// <summary><c>--config</c>.</summary>
    public Option<string?> ConfigOption { get; } = new("--config")
    {
        Description = "The configuration file; else the nearest fabrik.toml, or the user's.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>The whole command line.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>The command line without the flags of settings.</summary>
    public IReadOnlyList<string> Remaining => _flags.Remaining;

    /// <summary>What commands say.</summary>
    public Terminal Terminal { get; }

    /// <summary>Where settings come from.</summary>
    public SettingsSources Sources(ParseResult result) =>
        SettingsSources.OfProcess(result.GetValue(ConfigOption), _flags.Overrides);

    /// <summary>Where this user's daemons tell of themselves.</summary>
    public DaemonFolders DaemonFolders(ParseResult result) => Activation.DaemonFolders.Of(Sources(result).Environment);

    /// <summary>Finds, starts and stops this user's daemons.</summary>
    public DaemonStarter Daemons(ParseResult result) =>
        new(DaemonFolders(result), new HttpDaemonProbe(), TimeProvider.System);

    /// <summary>Loads the settings, or says all that is wrong with them.</summary>
    public bool TryLoad(ParseResult result, [NotNullWhen(true)] out EffectiveSettings? settings)
    {
        SettingsOutcome outcome = SettingsLoader.Load(Sources(result));
        if (outcome.TryGet(out settings))
        {
            return true;
        }

        Terminal.Fail(outcome);
        return false;
    }
}
