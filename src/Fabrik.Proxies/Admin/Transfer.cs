using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Admin;

/// <summary>Goes with a request, and counts the bytes of objects that its client was sent.</summary>
internal sealed class Transfer
{
    private long _bytes;

    /// <summary>Begins to count.</summary>
    public static void Begin(HttpContext http) => http.Features.Set(new Transfer());

    /// <summary>More were sent.</summary>
    public static void Add(HttpContext http, long bytes)
    {
        if (http.Features.Get<Transfer>() is { } transfer)
        {
            transfer._bytes += bytes;
        }
    }

    /// <summary>How many were; of an error document none.</summary>
    public static long Of(HttpContext http) => http.Features.Get<Transfer>()?._bytes ?? 0;
}
