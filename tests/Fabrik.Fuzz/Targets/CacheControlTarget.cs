using System.Text;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// <c>Cache-Control</c>: whatever stands in front of a directive or behind it does not make it vanish, and no number is
/// below zero or above the limit.
/// </summary>
internal sealed class CacheControlTarget : IFuzzTarget
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1L << 31);

    public string Name => "cache-control";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "max-age=60, s-maxage=\"5\", no-cache=\"a, b\", private"u8.ToArray(),
        "extension=\"max-age=1, \\\" no-store\", must-revalidate"u8.ToArray(),
        "max-stale, min-fresh=5, only-if-cached, stale-if-error=99999999999999999999"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var value = Encoding.Latin1.GetString(input);
        CheckResponse(value);
        CheckRequest(value);
    }

    private static void CheckResponse(string value)
    {
        var parsed = Parse(value);
        foreach (var delta in (TimeSpan?[])
            [parsed.MaxAge, parsed.SharedMaxAge, parsed.StaleIfError, parsed.StaleWhileRevalidate])
        {
            if (delta < TimeSpan.Zero || delta > Limit)
            {
                throw new InvalidDataException($"'{value}' has {delta}");
            }
        }

        if (!Parse($"no-store, {value}").NoStore
            || !Parse($"{value}, no-store").NoStore
            || !(Parse($"max-age=5, {value}").MaxAge <= TimeSpan.FromSeconds(5))
            || !(Parse($"{value}, max-age=5").MaxAge <= TimeSpan.FromSeconds(5)))
        {
            throw new InvalidDataException($"'{value}' hides what stands beside it");
        }
    }

    private static void CheckRequest(string value)
    {
        if (!default(RequestDirectives).With($"{value}, no-cache").NoCache
            || !(default(RequestDirectives).With($"{value}, max-age=5").MaxAge <= TimeSpan.FromSeconds(5)))
        {
            throw new InvalidDataException($"'{value}' hides what stands behind it");
        }
    }

    private static ResponseDirectives Parse(string value) =>
        ResponseDirectives.Parse([new HeaderField("Cache-Control", value)]);
}
