using System.Diagnostics.Metrics;

namespace Fabrik.Server.Auth;

/// <summary>What verification costs, and what is refused.</summary>
internal sealed class AuthMetrics : IDisposable
{
    private static readonly KeyValuePair<string, object?> Cached = new("result", "cached");
    private static readonly KeyValuePair<string, object?> New = new("result", "new");

    // By number of the failure: a tag is made once, not per request.
    private static readonly KeyValuePair<string, object?>[] Kinds =
    [
        .. Enum.GetValues<AuthFailure>()
            .Select(kind => new KeyValuePair<string, object?>("kind", AuthFailureNames.Of(kind))),
    ];

    private readonly Meter _meter = new("Fabrik.Server");
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _failures;
    private readonly TimeProvider _time;

    public AuthMetrics(TimeProvider time)
    {
        _time = time;
        _duration = _meter.CreateHistogram(
            "fabrik_jwt_verify_duration_seconds",
            "s",
            "Time to decide on a token, seen before (cached) or not (new).",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 1e-2],
            });
        _failures = _meter.CreateCounter<long>(
            "fabrik_auth_failures_total", description: "Requests that were refused, by kind.");
    }

    public long Start() => _time.GetTimestamp();

    public void Verified(long started, bool cached) =>
        _duration.Record(_time.GetElapsedTime(started).TotalSeconds, cached ? Cached : New);

    public void Failed(AuthFailure failure) => _failures.Add(1, Kinds[(int)failure]);

    public void Dispose() => _meter.Dispose();
}
