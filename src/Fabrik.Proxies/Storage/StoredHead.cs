namespace Fabrik.Proxies.Storage;

/// <summary>What is kept under one key: the answers that differ by <c>Vary</c>, the newest first.</summary>
/// <param name="Key">The key.</param>
/// <param name="Responses">At most <see cref="MaxResponses"/>.</param>
internal sealed record StoredHead(ResourceKey Key, IReadOnlyList<StoredResponse> Responses)
{
    /// <summary>
    /// Answers of one key. What varies by more (by user agent, say) is seldom asked for twice alike.
    /// </summary>
    public const int MaxResponses = 16;

    /// <summary>With an answer in front, in place of the one of its generation or that <paramref name="replaced"/> is.</summary>
    public StoredHead With(StoredResponse response, StoredResponse? replaced)
    {
        var rest = Responses.Where(
            other => other.Generation != response.Generation && other.Generation != replaced?.Generation);
        return this with { Responses = [response, .. rest.Take(MaxResponses - 1)] };
    }

    /// <summary>Without the answer of a generation; null when none is left.</summary>
    public StoredHead? Without(long generation)
    {
        StoredResponse[] rest = [.. Responses.Where(response => response.Generation != generation)];
        return rest.Length == 0 ? null : this with { Responses = rest };
    }

    /// <summary>With all answers to be validated before use.</summary>
    public StoredHead Invalid() => this with
    {
        Responses = [.. Responses.Select(static response => response with { IsInvalid = true })],
    };
}
