using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>
/// <c>If-Match</c> and <c>If-None-Match</c> of a write or a deletion. They are judged when the request begins, so that
/// nobody sends a body for nothing, and by the store when the write takes effect, so that of two writers one wins. What
/// it needs of the request is copied: the store may ask after the request has ended.
/// </summary>
internal sealed class WriteCondition
{
    private readonly string _ifMatch;
    private readonly string _ifNoneMatch;
    private readonly Func<ArtifactInfo, string> _tagOf;

    private WriteCondition(IHeaderDictionary headers, Func<ArtifactInfo, string> tagOf)
    {
        _ifMatch = headers.IfMatch.ToString();
        _ifNoneMatch = headers.IfNoneMatch.ToString();
        _tagOf = tagOf;
    }

    /// <summary>Whether something has to be there.</summary>
    public bool NeedsSomething => _ifMatch.Length > 0;

    /// <summary>Whether something was there when it was judged last.</summary>
    public bool FoundSomething { get; private set; }

    /// <summary>The condition of a request; <see langword="null"/> without one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tagOf">The entity tag of what is there, with its quotes.</param>
    public static WriteCondition? Of(HttpRequest request, Func<ArtifactInfo, string> tagOf) =>
        request.Headers.IfMatch.Count > 0 || request.Headers.IfNoneMatch.Count > 0
            ? new WriteCondition(request.Headers, tagOf)
            : null;

    /// <summary>Judges what is there; <see langword="null"/> for nothing.</summary>
    public bool Holds(ArtifactInfo? current)
    {
        FoundSomething = current is not null;
        var conditions = new Preconditions { IfMatch = _ifMatch, IfNoneMatch = _ifNoneMatch };
        return conditions.EvaluateWrite(current is null ? default : _tagOf(current)) == ConditionOutcome.Proceed;
    }
}
