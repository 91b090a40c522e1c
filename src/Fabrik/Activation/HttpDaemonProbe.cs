namespace Fabrik.Activation;

/// <summary>
/// Asks a daemon for its health, and looks whether the instance that answers is the one that wrote the state.
/// </summary>
internal sealed class HttpDaemonProbe : IDaemonProbe
{
    /// <summary>The header of every answer on the health port: the instance.</summary>
    public const string InstanceHeader = "X-Fabrik-Instance";

    // A daemon that takes longer is stuck: a new one is of more use.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<bool> IsAliveAsync(DaemonState state, CancellationToken cancellationToken)
    {
        if (!ProcessTable.IsAlive(state.ProcessId))
        {
            return false;
        }

        using SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false };
        using HttpClient client = new(handler) { Timeout = Patience };
        try
        {
            Uri live = new(state.HealthUrl, "/live");
            // The headers are enough: another program on this port may have a body without end.
            using HttpResponseMessage answer = await client.GetAsync(
                live, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.Headers.TryGetValues(InstanceHeader, out IEnumerable<string>? instance)
                && instance.Contains(state.Instance, StringComparer.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
