namespace Fabrik.Wire.Http.Caching;

/// <summary>
/// A targeted field, such as <c>CDN-Cache-Control</c>: RFC 9213, section 2.1. It is a dictionary, read strictly: empty,
/// ill formed or with a value of the wrong type for a directive it is as if it were not there.
/// </summary>
internal static class TargetedDirectives
{
    /// <summary>Reads the field's value, of all its lines.</summary>
    public static bool TryParse(string value, out ResponseDirectives directives)
    {
        directives = ResponseDirectives.None with { IsTargeted = true };
        var reader = new StructuredDictionary(value);
        var count = 0;
        while (reader.Read())
        {
            count++;
            if (Apply(directives, reader) is not { } next)
            {
                return false;
            }

            directives = next;
        }

        return count > 0 && !reader.Failed;
    }

    /// <summary>The directives with one more; of two with one key the later counts. Null for a wrong type.</summary>
    private static ResponseDirectives? Apply(ResponseDirectives known, StructuredDictionary member)
    {
        var isSet = member is { Kind: StructuredKind.Boolean, Value: "1" };
        return member.Key switch
        {
            "max-age" => Delta(member) is { } delta ? known with { MaxAge = delta } : null,
            "s-maxage" => Delta(member) is { } delta ? known with { SharedMaxAge = delta } : null,
            "stale-while-revalidate" => Delta(member) is { } delta ? known with { StaleWhileRevalidate = delta } : null,
            "stale-if-error" => Delta(member) is { } delta ? known with { StaleIfError = delta } : null,
            "no-cache" when member.Kind == StructuredKind.String => known.WithFields(member.Value.ToString()),
            "private" when member.Kind == StructuredKind.String => known.WithFields(member.Value.ToString()),
            "no-cache" => IsFlag(member) ? known with { NoCache = isSet } : null,
            "private" => IsFlag(member) ? known with { Private = isSet } : null,
            "no-store" => IsFlag(member) ? known with { NoStore = isSet } : null,
            "public" => IsFlag(member) ? known with { Public = isSet } : null,
            "must-revalidate" => IsFlag(member) ? known with { MustRevalidate = isSet } : null,
            "proxy-revalidate" => IsFlag(member) ? known with { ProxyRevalidate = isSet } : null,
            "must-understand" => IsFlag(member) ? known with { MustUnderstand = isSet } : null,
            _ => known,
        };
    }

    private static bool IsFlag(StructuredDictionary member) => member.Kind == StructuredKind.Boolean;

    /// <summary>A negative number is of the right type, and stale.</summary>
    private static TimeSpan? Delta(StructuredDictionary member) =>
        member.Kind != StructuredKind.Integer ? null
        : DeltaSeconds.TryParse(member.Value, out var delta) ? delta
        : TimeSpan.Zero;
}
