using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>Answers for many artifacts at once whether they are there, with one question to each upstream.</summary>
internal sealed class ExistenceSearch(ReadPath path, LayeredView view)
{
    /// <summary>Looks in the upstreams for what the local tier does not have.</summary>
    /// <param name="ids">The artifacts.</param>
    /// <param name="found">What the local tier answered; what upstreams have is added.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async ValueTask RunAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        var isSure = true;
        var places = Missing(ids.Span, found.Span);
        for (var source = 0; source < view.Sources.Count && places.Count > 0; source++)
        {
            var asked = places.ConvertAll(place => ids.Span[place]).ToArray();
            var answers = new bool[asked.Length];
            var answer = await view.Sources[source].ContainsAsync(asked, answers, cancellationToken);
            if (answer.Error is not null)
            {
                isSure = false;
                continue;
            }

            List<int> rest = [];
            for (var i = 0; i < asked.Length; i++)
            {
                if (answers[i] && !path.IsSuspect(asked[i], source))
                {
                    found.Span[places[i]] = true;
                }
                else
                {
                    isSure &= !answers[i];
                    rest.Add(places[i]);
                }
            }

            places = rest;
        }

        if (isSure)
        {
            places.ForEach(place => path.Absent.Add(ids.Span[place]));
        }
    }

    private List<int> Missing(ReadOnlySpan<ArtifactId> ids, ReadOnlySpan<bool> found)
    {
        List<int> places = [];
        for (var i = 0; i < ids.Length; i++)
        {
            if (!found[i] && !path.IsKnownAbsent(ids[i]))
            {
                places.Add(i);
            }
        }

        return places;
    }
}
