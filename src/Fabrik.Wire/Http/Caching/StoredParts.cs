namespace Fabrik.Wire.Http.Caching;

/// <summary>What has to be kept of a <see cref="StoredResponse"/> to make it again.</summary>
public sealed record StoredParts
{
    /// <summary>The status.</summary>
    public required int Status { get; init; }

    /// <summary>The stored fields, <c>Age</c> as it came among them.</summary>
    public required IReadOnlyList<HeaderField> Headers { get; init; }

    /// <summary>When the request was sent.</summary>
    public required DateTimeOffset RequestTime { get; init; }

    /// <summary>When the response's head came.</summary>
    public required DateTimeOffset ResponseTime { get; init; }

    /// <summary>The request's fields that <c>Vary</c> names.</summary>
    public IReadOnlyList<SelectingField> Selecting { get; init; } = [];
}
