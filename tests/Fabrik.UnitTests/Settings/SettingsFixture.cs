using Fabrik.Settings;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;
using Xunit;

namespace Fabrik.UnitTests.Settings;

/// <summary>Loads settings from a folder of the test's own, with an environment of its own.</summary>
internal sealed class SettingsFixture : IDisposable
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public SettingsFixture() => _variables["HOME"] = Folder.At("home");

    public TemporaryFolder Folder { get; } = new();

    public SettingsSchema Schema { get; init; } = SettingsSchema.Product;

    public SettingsFixture With(string variable, string value)
    {
        _variables[variable] = value;
        return this;
    }

    public SettingsSources Sources(string? config = null, params string[] arguments) => new()
    {
        Schema = Schema,
        WorkingDirectory = Folder.Root,
        Environment = new SettingsEnvironment(_variables),
        ConfigPath = config,
        Flags = SettingsFlags.Extract(arguments, Schema).Overrides,
    };

    /// <summary>Loads what is right.</summary>
    public EffectiveSettings Load(params string[] arguments)
    {
        SettingsOutcome outcome = SettingsLoader.Load(Sources(null, arguments));
        Assert.Empty(outcome.Errors);
        return outcome.Settings!;
    }

    /// <summary>The errors of what is wrong, with paths relative to the folder.</summary>
    public string[] Errors(params string[] arguments)
    {
        SettingsOutcome outcome = SettingsLoader.Load(Sources(null, arguments));
        Assert.Null(outcome.Settings);
        return [.. outcome.Errors.Select(error => Folder.Relative(error.ToString()))];
    }

    public void Dispose() => Folder.Dispose();
}
