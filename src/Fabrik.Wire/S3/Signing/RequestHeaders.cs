namespace Fabrik.Wire.S3.Signing;

/// <summary>The values of one header in the order they came: none, one (no array needed), or several.</summary>
public readonly struct HeaderValues
{
    private readonly string? _one;
    private readonly string?[]? _many;

    /// <summary>One value, or none for null.</summary>
    public HeaderValues(string? one) => _one = one;

    /// <summary>Several values; the array is not copied.</summary>
    public HeaderValues(string?[]? many) => _many = many;

    /// <summary>How many there are.</summary>
    public int Count => _many?.Length ?? (_one is null ? 0 : 1);

    /// <summary>A value by its place.</summary>
    public string this[int index] => (_many is null ? _one : _many[index]) ?? "";
}

/// <summary>
/// The headers of a request as its signature sees them: those of a server's request or of a client's message. Host is
/// one of them, also where the HTTP stack keeps it elsewhere.
/// </summary>
public interface IRequestHeaders
{
    /// <summary>The names of all headers, in any case and order.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The values of one header; none if it is not there.</summary>
    /// <param name="name">The name; case does not matter.</param>
    HeaderValues Get(string name);
}

/// <summary>What a signature covers besides the payload.</summary>
/// <param name="Method">The method, upper-case.</param>
/// <param name="RawPath">The path exactly as it goes over the wire; starts with <c>/</c>.</param>
/// <param name="RawQuery">The query exactly as it goes over the wire, without <c>?</c>; empty for none.</param>
/// <param name="Headers">The headers.</param>
public readonly record struct SignableRequest(
    string Method, string RawPath, string RawQuery, IRequestHeaders Headers);
