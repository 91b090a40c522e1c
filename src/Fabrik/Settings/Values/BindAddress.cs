using System.Globalization;
using System.Net;

namespace Fabrik.Settings.Values;

/// <summary>
/// Where a listener listens: <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:8080</c>, <c>*:8080</c> (every
/// interface), or <c>unix:/run/fabrik.sock</c>.
/// </summary>
internal sealed record BindAddress
{
    private BindAddress()
    {
    }

    /// <summary>An address, <c>localhost</c>, or <c>*</c>; empty for a socket file.</summary>
    public string Host { get; private init; } = "";

    /// <summary>The port; 0 lets the system choose one.</summary>
    public int Port { get; private init; }

    /// <summary>The socket file; empty for TCP.</summary>
    public string UnixPath { get; private init; } = "";

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => UnixPath.Length > 0
        || Host == "localhost"
        || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>An address of a host that is known to be valid.</summary>
    public static BindAddress Tcp(string host, int port) => new() { Host = host, Port = port };

    /// <summary>A socket file.</summary>
    public static BindAddress Unix(string path) => new() { UnixPath = path };

    /// <summary>
    /// Reads an address; a name other than <c>localhost</c> is refused, as it may change what it means.
    /// </summary>
    public static BindAddress? Parse(string text)
    {
        const string UnixPrefix = "unix:";
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            string path = text[UnixPrefix.Length..];
            return path.StartsWith('/') ? Unix(path) : null;
        }

        int colon = text.LastIndexOf(':');
        ReadOnlySpan<char> digits = text.AsSpan(colon + 1);
        if (colon < 1 || !ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return null;
        }

        string host = text[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (host.Contains(':') && !bracketed)
        {
            return null;
        }

        return IsHost(bracketed ? host[1..^1] : host) ? Tcp(bracketed ? host[1..^1] : host, port) : null;
    }

    /// <summary>Whether the text is an IP address, <c>localhost</c> or <c>*</c>.</summary>
    public static bool IsHost(string text)
    {
        if (text is "*" or "localhost")
        {
            return true;
        }

        // The base library also takes "1" and "127.1"; four parts are what people mean.
        bool isAddress = IPAddress.TryParse(text, out IPAddress? address);
        return isAddress && (text.Contains(':') ? address!.ToString().Length > 0 : text.Count(c => c == '.') == 3);
    }

    public override string ToString()
    {
        if (UnixPath.Length > 0)
        {
            return $"unix:{UnixPath}";
        }

        return Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
    }
}
