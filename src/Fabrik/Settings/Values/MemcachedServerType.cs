using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Configuration;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>
/// Servers of memcached as twemproxy has them: <c>host:port[:weight] [alias]</c>, or <c>/path[:weight] [alias]</c> for
/// a socket file. Without a port it is 11211.
/// </summary>
/// <param name="mayBeEmpty">Whether an empty text stands for "not set".</param>
internal sealed class MemcachedServerType(bool mayBeEmpty) : TextualType<ServerOptions?>
{
    private const int MaxWeight = 1000;
    private const string UnixPrefix = "unix:";

    public override string Name => "server";

    public override string Expected =>
        "a server such as \"10.0.0.1:11211\", \"cache-1.example.com:11211:2 cache-1\" (weight 2 of at most "
        + "1000, alias cache-1) or \"/run/memcached.sock\"";

    protected override bool TryParse(RawScalar scalar, ValueContext context, out ServerOptions? value)
    {
        value = null;
        if (scalar.Text.Length == 0)
        {
            return mayBeEmpty;
        }

        string[] words = scalar.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        value = words is [var address] ? Parse(address)
            : words is [var aliased, var alias] ? Parse(aliased) is { } server ? server with { Alias = alias } : null
            : null;
        return value is not null;
    }

    protected override string Format(ServerOptions? value)
    {
        if (value is null)
        {
            return "";
        }

        string host = value.Host.Contains(':') ? $"[{value.Host}]" : value.Host;
        string address = value.Port == 0 ? value.Host : $"{host}:{value.Port}";
        string weight = value.Weight == 1 ? "" : $":{value.Weight}";
        return value.Alias is null ? address + weight : $"{address}{weight} {value.Alias}";
    }

    private static ServerOptions? Parse(string address)
    {
        string text = address.StartsWith(UnixPrefix, StringComparison.Ordinal) ? address[UnixPrefix.Length..] : address;
        return text.StartsWith('/') ? Socket(text) : Host(text);
    }

    private static ServerOptions? Socket(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length <= 2 && TryNumber(parts.ElementAtOrDefault(1), MaxWeight, 1, out int weight)
            ? new ServerOptions(parts[0], 0, weight) { EndPoint = new UnixDomainSocketEndPoint(parts[0]) }
            : null;
    }

    private static ServerOptions? Host(string text)
    {
        string host = text;
        string rest = "";
        int end = text.StartsWith('[') ? text.IndexOf(']') + 1 : text.IndexOf(':');
        if (end > 0)
        {
            (host, rest) = (text[..end], text[end..]);
        }

        host = host.Trim('[', ']');
        bool isKnown = TryAddress(host, out IPAddress? address) || Uri.CheckHostName(host) == UriHostNameType.Dns;
        string[] parts = rest.Split(':');
        if (!isKnown || parts.Length > 3 || parts[0].Length > 0)
        {
            return null;
        }

        bool areNumbers = TryNumber(parts.ElementAtOrDefault(1), ushort.MaxValue, 11211, out int port)
            & TryNumber(parts.ElementAtOrDefault(2), MaxWeight, 1, out int weight);
        return areNumbers
            ? new ServerOptions(host, port, weight)
            {
                EndPoint = address is null ? null : new IPEndPoint(address, port),
            }
            : null;
    }

    // The base library also takes "1" and "127.1", which may be names.
    private static bool TryAddress(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        if (IPAddress.TryParse(host, out address) && (host.Contains(':') || host.Count(c => c == '.') == 3))
        {
            return true;
        }

        address = null;
        return false;
    }

    private static bool TryNumber(string? text, int max, int fallback, out int number)
    {
        number = fallback;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
                && number >= 1
                && number <= max);
    }
}
