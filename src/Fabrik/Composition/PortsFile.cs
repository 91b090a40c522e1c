using Fabrik.Activation;

namespace Fabrik.Composition;

/// <summary>The ports of a process that serves, by purpose.</summary>
internal static class PortsFile
{
    /// <summary>
    /// Each listener's port under its name, and under <c>health</c> and <c>metrics</c> where these are served.
    /// </summary>
    public static IReadOnlyDictionary<string, int> Of(IEnumerable<ListenerRole> listeners)
    {
        SortedDictionary<string, int> ports = new(StringComparer.Ordinal);
        foreach (ListenerRole listener in listeners.Where(listener => listener.Port != 0))
        {
            ports[listener.Plan.Name] = listener.Port;
            AddDuty(ports, listener, ListenerDuties.Health, "health");
            AddDuty(ports, listener, ListenerDuties.Metrics, "metrics");
        }

        return ports;
    }

    /// <summary>Writes them as JSON; the file is there whole or not at all.</summary>
    /// <returns>Why it cannot be written; null once it is.</returns>
    public static string? TryWrite(string path, IEnumerable<ListenerRole> listeners)
    {
        try
        {
            DaemonFolder.Replace(path, DaemonFolder.PortsJson(Of(listeners)));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be written: {e.Message}";
        }
    }

    private static void AddDuty(
        SortedDictionary<string, int> ports, ListenerRole listener, ListenerDuties duty, string name)
    {
        if (listener.Plan.Duties.HasFlag(duty))
        {
            ports[name] = listener.Port;
        }
    }
}
