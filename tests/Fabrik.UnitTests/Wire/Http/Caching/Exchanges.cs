using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.UnitTests.Wire.Http.Caching;

/// <summary>Exchanges written short: fields as lines of text, times as seconds around one moment.</summary>
internal static class Exchanges
{
    /// <summary>When every response comes unless it is said otherwise.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset After(double seconds) => Noon.AddSeconds(seconds);

    public static string DateAt(double seconds) => HttpDate.Format(After(seconds));

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    public static HeaderField[] Fields(params string[] lines) =>
        [.. lines.Select(line => new HeaderField(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim()))];

    public static OriginExchange Get(params string[] response) => new()
    {
        Method = "GET",
        RequestHeaders = [],
        Status = 200,
        ResponseHeaders = Fields(response),
        RequestTime = Noon,
        ResponseTime = Noon,
    };

    public static StoredResponse Stored(params string[] response) =>
        StoredResponse.Of(Get(response), CachingOptions.Default);

    public static StoredResponse StoredFor(string[] request, params string[] response) =>
        StoredResponse.Of(Get(response) with { RequestHeaders = Fields(request) }, CachingOptions.Default);

    public static ReuseDecision Reused(this StoredResponse stored, double afterSeconds, params string[] request) =>
        Reuse.Decide(stored.Policy, RequestDirectives.Parse(Fields(request)), After(afterSeconds));
}
