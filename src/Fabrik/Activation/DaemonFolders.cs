using Fabrik.Settings.Schema;

namespace Fabrik.Activation;

/// <summary>The state folders of all daemons of this user.</summary>
internal sealed class DaemonFolders(string root)
{
    /// <summary><c>$XDG_STATE_HOME/fabrik/daemons</c>.</summary>
    public static DaemonFolders Of(SettingsEnvironment environment) =>
        new(Path.Join(environment.StateHome, "fabrik", "daemons"));

    /// <summary>The folder of one configuration, which may not exist.</summary>
    public DaemonFolder Of(string id) => new(Path.Join(root, id), id);

    /// <summary>The folders that exist, in the order of their names.</summary>
    public IReadOnlyList<DaemonFolder> All()
    {
        if (!Directory.Exists(root))
        {
            return [];
        }

        return
        [
            .. Directory.EnumerateDirectories(root)
                .Select(path => Path.GetFileName(path)!)
                .Where(DaemonId.IsId)
                .Order(StringComparer.Ordinal)
                .Select(Of),
        ];
    }
}
