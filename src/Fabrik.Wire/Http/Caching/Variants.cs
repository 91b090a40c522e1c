namespace Fabrik.Wire.Http.Caching;

/// <summary>Choosing among the responses that are stored for one target: RFC 9111, section 4.1.</summary>
public static class Variants
{
    /// <summary>
    /// The index of the response that a request selects: of several the latest by date. When none matches, the latest
    /// whose language the request likes best. -1 when there is none.
    /// </summary>
    public static int Select(IReadOnlyList<StoredResponse> stored, IReadOnlyList<HeaderField> request)
    {
        var best = -1;
        for (var i = 0; i < stored.Count; i++)
        {
            if (stored[i].Vary.Matches(request) && (best < 0 || IsLater(stored[i], stored[best])))
            {
                best = i;
            }
        }

        return best >= 0 ? best : SelectByLanguage(stored, request);
    }

    private static int SelectByLanguage(IReadOnlyList<StoredResponse> stored, IReadOnlyList<HeaderField> request)
    {
        var best = -1;
        for (var i = 0; i < stored.Count; i++)
        {
            if (stored[i].Vary.Fields.Count > 0
                && stored[i].Vary.MatchesByLanguage(request, stored[i].Headers.First("Content-Language"))
                && (best < 0 || IsLater(stored[i], stored[best])))
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>Of one second the one that came last.</summary>
    private static bool IsLater(StoredResponse one, StoredResponse other) =>
        one.Date > other.Date || (one.Date == other.Date && one.ResponseTime > other.ResponseTime);
}
