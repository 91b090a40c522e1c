using System.Globalization;

namespace Fabrik.Measuring;

/// <summary>Who is asked: a server that runs already, on this machine.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Address">Where it listens: <c>grpc://</c>, or <c>http://</c> with the folder of its blobs.</param>
/// <param name="Process">What it uses; what it started itself included.</param>
/// <param name="Metrics">Where it tells what it has allocated, if it does.</param>
internal sealed record Server(string Name, Uri Address, ProcessUse Process, Uri? Metrics)
{
    /// <summary>Whether it speaks the Remote Execution API.</summary>
    public bool IsRpc => Address.Scheme == "grpc";

    /// <summary>Reads <c>NAME,URL,PID[,METRICS]</c>; null when it is something else.</summary>
    public static Server? Read(string text)
    {
        var parts = text.Split(',');
        Uri? metrics = null;
        return parts.Length is 3 or 4
            && Uri.TryCreate(parts[1], UriKind.Absolute, out var address)
            && address.Scheme is "grpc" or "http"
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && (parts.Length == 3 || Uri.TryCreate(parts[3], UriKind.Absolute, out metrics))
            ? new Server(parts[0], address, new ProcessUse(pid), metrics)
            : null;
    }
}
