using System.Diagnostics;
using Fabrik.Proxies.Origins;

namespace Fabrik.Proxies.Telemetry;

/// <summary>
/// The spans around what is asked of origins, below the span of the request that the host makes; nothing is made unless
/// somebody listens. Keys of objects are not in them.
/// </summary>
internal static class OriginTraces
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Fabrik.Proxies";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Names the host's span of the request that is being served, where it is recorded.</summary>
    public static void NameRequest(string bucket, string method)
    {
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            span.DisplayName = $"proxy {method}";
            span.SetTag("fabrik.bucket", bucket);
        }
    }

    /// <summary>Begins the span of one request to one replica; null where nobody wants it.</summary>
    public static Activity? Start(string origin, string replica, string method)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        return Source.StartActivity($"origin {method}", ActivityKind.Client)
            ?.SetTag("fabrik.origin", origin)
            .SetTag("fabrik.replica", replica)
            .SetTag("http.request.method", method);
    }

    /// <summary>Says what came of it.</summary>
    public static void End(Activity? span, int? status, OriginFault? fault)
    {
        if (span is null)
        {
            return;
        }

        if (status is { } code)
        {
            span.SetTag("http.response.status_code", code);
        }

        if (fault is not null)
        {
            span.SetTag("fabrik.fault", fault.Kind.ToString()).SetStatus(ActivityStatusCode.Error, fault.Message);
        }
    }
}
