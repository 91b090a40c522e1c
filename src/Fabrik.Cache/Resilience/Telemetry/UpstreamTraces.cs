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

    /// <summary>Runs a transfer within a span.</summary>
    /// <param name="operation">What it is.</param>
    /// <param name="upstream">From or to whom.</param>
    /// <param name="transfer">Runs it.</param>
    /// <param name="bytes">How many bytes it has moved, afterwards.</param>
    public static async ValueTask<CacheResult<T>> TransferAsync<T>(
        TierOperation operation, string upstream, Func<ValueTask<CacheResult<T>>> transfer, Func<long> bytes)
    {
        using var activity = Start(operation, upstream);
        try
        {
            var result = await transfer();
            End(activity, UpstreamCounters.NameOf(result.Error), bytes(), result.Error);
            return result;
        }
        catch (OperationCanceledException)
        {
            End(activity, "cancelled", bytes(), error: null);
            throw;
        }
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
