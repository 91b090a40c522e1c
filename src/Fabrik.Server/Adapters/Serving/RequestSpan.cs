using System.Diagnostics;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>The span of the request that is being served: the host makes it, and names all of them alike.</summary>
internal static class RequestSpan
{
    /// <summary>Names it by the labels that its metrics have, where it is recorded.</summary>
    public static void Name(string tool, string operation)
    {
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            span.DisplayName = $"{tool} {operation}";
        }
    }
}
