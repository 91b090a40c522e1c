namespace Fabrik.Wire.Http.Caching;

/// <summary>The validators of a response: RFC 9110, section 8.8.</summary>
/// <param name="EntityTag">The <c>ETag</c> as it came, or null when it is absent or not one.</param>
/// <param name="LastModified">The <c>Last-Modified</c> as it came, or null when it is absent or not a date.</param>
/// <param name="Modified">The date that it is.</param>
/// <param name="Date">The response's <c>Date</c>; year 1 when there is none.</param>
public readonly record struct Validators(
    string? EntityTag, string? LastModified, DateTimeOffset Modified, DateTimeOffset Date)
{
    /// <summary>Whether there is anything to validate with.</summary>
    public bool CanValidate => EntityTag is not null || LastModified is not null;

    /// <summary>Whether the entity tag is there and strong.</summary>
    public bool HasStrongTag => EntityTag is ['"', ..];

    /// <summary>
    /// Whether the date of the last change can be told from one just before: section 8.8.2.2 asks for a second between
    /// it and the response.
    /// </summary>
    public bool HasStrongDate => LastModified is not null && Date - Modified >= TimeSpan.FromSeconds(1);

    /// <summary>Reads them from a response's headers.</summary>
    public static Validators Of(IReadOnlyList<HeaderField> headers)
    {
        var tag = headers.First("ETag")?.Trim(' ', '\t');
        var modified = headers.First("Last-Modified");
        var isDate = HttpDate.TryParse(modified, out var modifiedAt);
        return new Validators(
            tag is not null && IsTag(tag) ? tag : null, isDate ? modified : null, modifiedAt, DateOf(headers));
    }

    private static DateTimeOffset DateOf(IReadOnlyList<HeaderField> headers) =>
        HttpDate.TryParse(headers.First("Date"), out var date) ? date : default;

    private static bool IsTag(ReadOnlySpan<char> text)
    {
        var opaque = text.StartsWith("W/", StringComparison.Ordinal) ? text[2..] : text;
        return opaque.Length > 1 && opaque[0] == '"' && opaque[1..].IndexOf('"') == opaque.Length - 2;
    }
}
