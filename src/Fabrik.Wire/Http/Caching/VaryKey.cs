namespace Fabrik.Wire.Http.Caching;

/// <summary>
/// Which requests a stored response answers: the fields that its <c>Vary</c> names, with the values of the request that
/// it answered (RFC 9111, section 4.1). Immutable.
/// </summary>
public sealed class VaryKey
{
    /// <summary>More fields than this are not told apart: such a response is taken as <c>Vary: *</c>.</summary>
    public const int MaxFields = 32;

    private const string AcceptLanguage = "Accept-Language";

    private readonly SelectingField[] _fields;
    private readonly string?[] _normalised;

    private VaryKey(SelectingField[] fields)
    {
        _fields = fields;
        _normalised = Array.ConvertAll(fields, field => SelectingValue.Normalise(field.Name, field.Value));
    }

    /// <summary>The key of a response without <c>Vary</c>: every request matches.</summary>
    public static VaryKey Always { get; } = new([]);

    /// <summary>What has to be kept, so that <see cref="Of(IReadOnlyList{SelectingField})"/> makes it again.</summary>
    public IReadOnlyList<SelectingField> Fields => _fields;

    /// <summary>Whether a response's <c>Vary</c> has a <c>*</c>, or more names than are told apart.</summary>
    public static bool NamesAny(IReadOnlyList<HeaderField> response)
    {
        var names = Names(response);
        return names.Count > MaxFields || names.Contains("*", StringComparer.Ordinal);
    }

    /// <summary>The key of a response to a request; the response may be stored (<see cref="NamesAny"/>).</summary>
    public static VaryKey Of(IReadOnlyList<HeaderField> response, IReadOnlyList<HeaderField> request)
    {
        var names = Names(response);
        return names.Count == 0
            ? Always
            : new VaryKey([.. names.Select(name => new SelectingField(name, request.Joined(name)))]);
    }

    /// <summary>The key that had these <see cref="Fields"/>.</summary>
    public static VaryKey Of(IReadOnlyList<SelectingField> fields) =>
        fields.Count == 0 ? Always : new VaryKey([.. fields]);

    /// <summary>Whether a request selects the response. Values alike to the letter cost no allocation.</summary>
    public bool Matches(IReadOnlyList<HeaderField> request)
    {
        for (var i = 0; i < _fields.Length; i++)
        {
            if (!Matches(i, request))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether a request selects the response once its <c>Accept-Language</c> is taken for the language that it
    /// prefers, and that is the response's own. A server that has it has no better answer.
    /// </summary>
    /// <param name="request">The request's fields.</param>
    /// <param name="contentLanguage">The response's <c>Content-Language</c>.</param>
    public bool MatchesByLanguage(IReadOnlyList<HeaderField> request, string? contentLanguage)
    {
        var isSelectedByLanguage = false;
        for (var i = 0; i < _fields.Length; i++)
        {
            if (!_fields[i].Name.Equals(AcceptLanguage, StringComparison.OrdinalIgnoreCase))
            {
                if (!Matches(i, request))
                {
                    return false;
                }
            }
            else if (contentLanguage is null
                || request.Joined(AcceptLanguage) is not { } accepted
                || SelectingValue.PreferredLanguage(accepted) is not { } preferred
                || !preferred.Equals(contentLanguage.Trim(' ', '\t'), StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
            else
            {
                isSelectedByLanguage = true;
            }
        }

        return isSelectedByLanguage;
    }

    /// <summary>Whether another key is about the same fields, whatever their values.</summary>
    public bool HasFieldsOf(VaryKey other) => _fields.Select(field => field.Name)
        .SequenceEqual(other._fields.Select(field => field.Name), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether another key selects the same requests: then the newer response takes the older one's place.
    /// </summary>
    public bool IsSameAs(VaryKey other)
    {
        if (other._fields.Length != _fields.Length)
        {
            return false;
        }

        for (var i = 0; i < _fields.Length; i++)
        {
            if (!_fields[i].Name.Equals(other._fields[i].Name, StringComparison.OrdinalIgnoreCase)
                || _normalised[i] != other._normalised[i])
            {
                return false;
            }
        }

        return true;
    }

    private bool Matches(int index, IReadOnlyList<HeaderField> request)
    {
        var field = _fields[index];
        var value = request.Joined(field.Name);
        return value == field.Value || SelectingValue.Normalise(field.Name, value) == _normalised[index];
    }

    /// <summary>In the order of the alphabet, each once, so that keys are compared one by one.</summary>
    private static SortedSet<string> Names(IReadOnlyList<HeaderField> response)
    {
        var names = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < response.Count; i++)
        {
            if (response[i].Is("Vary"))
            {
                names.UnionWith(response[i].Value.Split(
                    ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            }
        }

        return names;
    }
}
