using System.Diagnostics;

namespace Fabrik.Cache.Resilience.Telemetry;

/// <summary>The spans around what is asked of upstreams; nothing is made unless somebody listens.</summary>
internal static class UpstreamTraces
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Fabrik.Cache";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether anybody listens: else the way without spans is taken.</summary>
    public static bool IsHeard => Source.HasListeners();

    /// <summary>Begins a span; <see langword="null"/> where this one is not wanted.</summary>
    public static Activity? Start(TierOperation operation, string upstream)
    {
        var name = UpstreamCounters.NameOf(operation);
        var activity = Source.StartActivity($"upstream {name}", ActivityKind.Client);
        return activity?.SetTag("fabrik.upstream", upstream).SetTag("fabrik.operation", name);
    }

    /// <summary>Says in a span what came of it.</summary>
    public static void End(Activity? activity, string result, long? bytes, CacheError? error)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag("fabrik.result", result);
        if (bytes is { } count)
        {
            activity.SetTag("fabrik.bytes", count);
        }

        if (error is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, error.Message);
        }
    }
}
