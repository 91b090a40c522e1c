namespace Fabrik.Wire.Http.Caching;

/// <summary>A field that a response's <c>Vary</c> names, as the request that it answered had it.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Value">Its lines joined, as they came; null when the request had none.</param>
public readonly record struct SelectingField(string Name, string? Value);
