using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Site;

/// <summary>
/// Goes with a request of which a document is served where its object is absent: who would answer 404 says so here
/// instead, once.
/// </summary>
internal sealed class Absence
{
    private bool _isOver;

    /// <summary>Whether the object was found to be absent, and nothing was answered.</summary>
    public bool WasFound { get; private set; }

    /// <summary>Takes the 404 of a request; false where the client is to be told.</summary>
    public static bool TryTake(HttpContext http)
    {
        if (http.Features.Get<Absence>() is not { _isOver: false } absence)
        {
            return false;
        }

        (absence.WasFound, absence._isOver) = (true, true);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return true;
    }
}
