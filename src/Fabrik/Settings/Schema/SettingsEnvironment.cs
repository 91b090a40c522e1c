using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Settings.Schema;

/// <summary>
/// What defaults and discovery may know of the machine: the variables, and the folders that follow from them.
/// </summary>
internal sealed class SettingsEnvironment(IReadOnlyDictionary<string, string> variables)
{
    /// <summary>All environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; } = variables;

    /// <summary>The configuration file that holds; null where none does.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>The user's home; null where the environment does not say.</summary>
    public string? Home => Find("HOME") ?? Find("USERPROFILE");

    /// <summary><c>$XDG_CACHE_HOME</c>, or <c>~/.cache</c>.</summary>
    public string CacheHome => Xdg("XDG_CACHE_HOME", ".cache");

    /// <summary><c>$XDG_CONFIG_HOME</c>, or <c>~/.config</c>.</summary>
    public string ConfigHome => Xdg("XDG_CONFIG_HOME", ".config");

    /// <summary><c>$XDG_STATE_HOME</c>, or <c>~/.local/state</c>.</summary>
    public string StateHome => Xdg("XDG_STATE_HOME", Path.Join(".local", "state"));

    /// <summary>Finds a variable; one that is empty counts as absent, as the XDG specification has it.</summary>
    public string? Find(string name) => TryFind(name, out string? value) ? value : null;

    private bool TryFind(string name, [NotNullWhen(true)] out string? value) =>
        Variables.TryGetValue(name, out value) && value.Length > 0;

    // The specification tells to ignore a relative path. Without a home (a service) the system's own places are taken.
    private string Xdg(string variable, string underHome)
    {
        if (TryFind(variable, out string? path) && Path.IsPathFullyQualified(path))
        {
            return path;
        }

        return Home is { } home ? Path.Join(home, underHome) : Path.Join(Path.GetTempPath(), underHome.TrimStart('.'));
    }
}
