namespace Fabrik.Wire.Http.Caching;

/// <summary>Asking the origin whether stored responses still hold: RFC 9111, section 4.3.</summary>
public static class Validation
{
    /// <summary>More tags are not sent in one request.</summary>
    public const int MaxTags = 16;

    /// <summary>
    /// The conditions to send (section 4.3.1), in place of the client's own: the tags of all stored responses, that of
    /// the selected one first, and its date. Empty when nothing can be validated.
    /// </summary>
    /// <param name="stored">What is stored for the target.</param>
    /// <param name="selected">The index of the response that the request selects, or -1 for none of them.</param>
    public static IReadOnlyList<HeaderField> Conditions(IReadOnlyList<StoredResponse> stored, int selected)
    {
        var own = selected < 0 ? default : stored[selected].Validators;
        var conditions = new List<HeaderField>(2);

        // With a tag beside it a date is not looked at: the selected response has to be among the tags, or goes alone.
        if (selected < 0 || own.EntityTag is not null)
        {
            var tags = new List<string>();
            AddTag(tags, own.EntityTag);
            for (var i = 0; i < stored.Count && tags.Count < MaxTags; i++)
            {
                AddTag(tags, stored[i].Validators.EntityTag);
            }

            if (tags.Count > 0)
            {
                conditions.Add(new HeaderField("If-None-Match", string.Join(", ", tags)));
            }
        }

        if (own.LastModified is { } modified)
        {
            conditions.Add(new HeaderField("If-Modified-Since", modified));
        }

        return conditions;
    }

    /// <summary>
    /// The request's fields without its conditions (RFC 9110, section 13.1), which the client means for what it has
    /// itself.
    /// </summary>
    public static IReadOnlyList<HeaderField> WithoutConditions(IReadOnlyList<HeaderField> request) =>
    [
        .. request.Where(field =>
            !field.Is("If-None-Match") && !field.Is("If-Modified-Since") && !field.Is("If-Match")
            && !field.Is("If-Unmodified-Since") && !field.Is("If-Range")),
    ];

    /// <summary>
    /// The index of the stored response that a 304 speaks of (section 4.3.4), or -1: then the answer is of no use, and
    /// the origin is asked again without conditions.
    /// </summary>
    /// <param name="stored">What is stored for the target, as given to <see cref="Conditions"/>.</param>
    /// <param name="selected">As given to <see cref="Conditions"/>.</param>
    /// <param name="notModified">The 304's fields.</param>
    public static int Confirmed(
        IReadOnlyList<StoredResponse> stored, int selected, IReadOnlyList<HeaderField> notModified)
    {
        var confirmed = Validators.Of(notModified);
        if (confirmed.CanValidate)
        {
            return Latest(stored, selected, confirmed);
        }

        // Without validators it can only mean the one thing that was asked about.
        return selected >= 0 && CountTagged(stored, selected) == 0 ? selected : -1;
    }

    private static void AddTag(List<string> tags, string? tag)
    {
        if (tag is not null && !tags.Contains(tag, StringComparer.Ordinal))
        {
            tags.Add(tag);
        }
    }

    /// <summary>How many other responses were asked about beside the selected one.</summary>
    private static int CountTagged(IReadOnlyList<StoredResponse> stored, int selected)
    {
        var own = stored[selected].Validators.EntityTag;
        return own is null
            ? 0
            : stored.Count(other => other.Validators.EntityTag is { } tag && tag != own);
    }

    /// <summary>The selected response, if it is one of those that are meant; else the latest of them.</summary>
    private static int Latest(IReadOnlyList<StoredResponse> stored, int selected, in Validators confirmed)
    {
        if (selected >= 0 && IsMeant(stored[selected].Validators, confirmed))
        {
            return selected;
        }

        var best = -1;
        for (var i = 0; i < stored.Count; i++)
        {
            if (IsMeant(stored[i].Validators, confirmed) && (best < 0 || stored[i].Date > stored[best].Date))
            {
                best = i;
            }
        }

        return best;
    }

    private static bool IsMeant(in Validators stored, in Validators confirmed) =>
        confirmed.HasStrongTag ? stored.EntityTag == confirmed.EntityTag
        : confirmed.EntityTag is { } tag ? stored.EntityTag is { } known && EntityTags.Match(known, tag, weakly: true)
        : stored.LastModified is not null && stored.Modified == confirmed.Modified;
}
