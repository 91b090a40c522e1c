namespace Fabrik.Wire.Http;

/// <summary>One field line of a header or trailer section: RFC 9110, section 5.</summary>
/// <param name="Name">The name; its case has no meaning.</param>
/// <param name="Value">The value, without the line end.</param>
public readonly record struct HeaderField(string Name, string Value)
{
    /// <summary>Whether the field has this name.</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
