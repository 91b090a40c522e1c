using System.Globalization;
using System.Text;

namespace Fabrik.Wire.Http.Caching;

/// <summary>A cache's member of <c>Cache-Status</c>: RFC 9211, section 2.</summary>
public readonly record struct CacheStatus
{
    /// <summary>The field's name.</summary>
    public const string FieldName = "Cache-Status";

    /// <summary>More characters of a key or a detail are not shown.</summary>
    public const int MaxText = 512;

    private const string DefaultCache = "fabrik";

    /// <summary>The cache's name, a token; <c>fabrik</c> when it is null.</summary>
    public string? Cache { get; init; }

    /// <summary>Why the request was forwarded; none is a <c>hit</c>.</summary>
    public ForwardReason Forward { get; init; }

    /// <summary><c>fwd-status</c>: the status that the next hop gave, if it is not the one that is sent.</summary>
    public int? ForwardStatus { get; init; }

    /// <summary>
    /// <c>ttl</c>: seconds for which the response stays fresh; negative when it is stale.
    /// </summary>
    public long? TimeToLive { get; init; }

    /// <summary><c>stored</c>: whether the forwarded response was stored.</summary>
    public bool Stored { get; init; }

    /// <summary><c>collapsed</c>: whether the request waited for that of another client.</summary>
    public bool Collapsed { get; init; }

    /// <summary><c>key</c>: what the response is stored under.</summary>
    public string? Key { get; init; }

    /// <summary><c>detail</c>: more for the operator; never a secret.</summary>
    public string? Detail { get; init; }

    /// <summary>The member for a decision: what happened is not known yet beyond it.</summary>
    public static CacheStatus Of(in ReuseDecision decision) => new()
    {
        // What is validated behind the client's back was answered by the cache.
        Forward = decision.IsHit ? ForwardReason.None : decision.Reason,
        TimeToLive = decision.IsHit || decision.Reason is ForwardReason.Stale or ForwardReason.Request
            ? decision.TimeToLive.Ticks / TimeSpan.TicksPerSecond
            : null,
    };

    /// <summary>The field's value: this member behind those of the caches nearer to the origin.</summary>
    public string AppendTo(string? received) =>
        string.IsNullOrWhiteSpace(received) ? ToString() : $"{received}, {ToString()}";

    /// <summary>The member.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Cache ?? DefaultCache, 64);
        if (Forward == ForwardReason.None)
        {
            text.Append("; hit");
        }
        else
        {
            text.Append("; fwd=").Append(NameOf(Forward));
            AppendNumber(text, "fwd-status", ForwardStatus);
        }

        AppendNumber(text, "ttl", TimeToLive);
        if (Forward != ForwardReason.None)
        {
            text.Append(Stored ? "; stored" : string.Empty).Append(Collapsed ? "; collapsed" : string.Empty);
        }

        AppendText(text, "key", Key);
        AppendText(text, "detail", Detail);
        return text.ToString();
    }

    private static string NameOf(ForwardReason reason) => reason switch
    {
        ForwardReason.Bypass => "bypass",
        ForwardReason.Method => "method",
        ForwardReason.UriMiss => "uri-miss",
        ForwardReason.VaryMiss => "vary-miss",
        ForwardReason.Request => "request",
        ForwardReason.Stale => "stale",
        ForwardReason.Partial => "partial",
        _ => "miss",
    };

    private static void AppendNumber(StringBuilder text, string name, long? value)
    {
        if (value is { } number)
        {
            text.Append("; ").Append(name).Append('=').Append(number.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>As a string, which holds printable ASCII only; what it cannot hold becomes a question mark.</summary>
    private static void AppendText(StringBuilder text, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        text.Append("; ").Append(name).Append("=\"");
        foreach (var character in value.AsSpan(0, Math.Min(value.Length, MaxText)))
        {
            text.Append(character is '"' or '\\' ? "\\" : string.Empty)
                .Append(character is >= ' ' and <= '~' ? character : '?');
        }

        text.Append('"');
    }
}
