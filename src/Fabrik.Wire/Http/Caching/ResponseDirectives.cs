namespace Fabrik.Wire.Http.Caching;

/// <summary>
/// What a response's <c>Cache-Control</c> (RFC 9111, section 5.2.2), or the targeted field that stands in for it
/// (RFC 9213), says to a shared cache. Of a directive that came twice the more careful value counts.
/// </summary>
public sealed record ResponseDirectives
{
    /// <summary>The field for caches of our kind: RFC 9213, section 3.1.</summary>
    public const string TargetedField = "CDN-Cache-Control";

    /// <summary>Nothing is said.</summary>
    public static ResponseDirectives None { get; } = new();

    /// <summary>
    /// Whether a targeted field says all this; then neither <c>Cache-Control</c> nor <c>Expires</c> counts (RFC 9213,
    /// section 2.2).
    /// </summary>
    public bool IsTargeted { get; init; }

    /// <summary><c>max-age</c>; zero when it is not a number of seconds.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary><c>s-maxage</c>; zero when it is not a number of seconds.</summary>
    public TimeSpan? SharedMaxAge { get; init; }

    /// <summary><c>stale-while-revalidate</c>: RFC 5861, section 3.</summary>
    public TimeSpan? StaleWhileRevalidate { get; init; }

    /// <summary><c>stale-if-error</c>: RFC 5861, section 4.</summary>
    public TimeSpan? StaleIfError { get; init; }

    /// <summary><c>no-store</c>.</summary>
    public bool NoStore { get; init; }

    /// <summary><c>no-cache</c> without a list of fields: validated each time.</summary>
    public bool NoCache { get; init; }

    /// <summary><c>private</c> without a list of fields.</summary>
    public bool Private { get; init; }

    /// <summary><c>public</c>.</summary>
    public bool Public { get; init; }

    /// <summary><c>must-revalidate</c>.</summary>
    public bool MustRevalidate { get; init; }

    /// <summary><c>proxy-revalidate</c>.</summary>
    public bool ProxyRevalidate { get; init; }

    /// <summary><c>must-understand</c>.</summary>
    public bool MustUnderstand { get; init; }

    /// <summary>The fields that <c>no-cache="…"</c> and <c>private="…"</c> name: they are not stored.</summary>
    public IReadOnlyList<string> UnstoredFields { get; init; } = [];

    /// <summary>Whether the response may only be used after its lifetime once it was validated.</summary>
    public bool ForbidsStale => MustRevalidate || ProxyRevalidate || NoCache || SharedMaxAge is not null;

    /// <summary>Reads the headers of a response.</summary>
    /// <param name="headers">All of its fields.</param>
    /// <param name="targeted">Whether <see cref="TargetedField"/> is heeded.</param>
    public static ResponseDirectives Parse(IReadOnlyList<HeaderField> headers, bool targeted = true)
    {
        if (targeted
            && headers.Joined(TargetedField) is { } field
            && TargetedDirectives.TryParse(field, out var directives))
        {
            return directives;
        }

        var parsed = None;
        for (var i = 0; i < headers.Count; i++)
        {
            if (!headers[i].Is("Cache-Control"))
            {
                continue;
            }

            var reader = new DirectiveReader(headers[i].Value);
            while (reader.Read())
            {
                parsed = parsed.With(reader);
            }
        }

        return parsed;
    }

    internal static TimeSpan Least(TimeSpan? known, TimeSpan other) => known < other ? known.Value : other;

    internal ResponseDirectives WithFields(string list) => this with
    {
        UnstoredFields =
        [
            .. UnstoredFields,
            .. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        ],
    };

    private ResponseDirectives With(DirectiveReader reader) => reader.Name switch
    {
        var name when Is(name, "max-age") => this with { MaxAge = Least(MaxAge, Delta(reader)) },
        var name when Is(name, "s-maxage") => this with { SharedMaxAge = Least(SharedMaxAge, Delta(reader)) },
        var name when Is(name, "stale-while-revalidate") =>
            this with { StaleWhileRevalidate = Least(StaleWhileRevalidate, Delta(reader)) },
        var name when Is(name, "stale-if-error") => this with { StaleIfError = Least(StaleIfError, Delta(reader)) },
        var name when Is(name, "no-store") => this with { NoStore = true },
        var name when Is(name, "no-cache") => HasList(reader)
            ? WithFields(reader.Argument.ToString())
            : this with { NoCache = true },
        var name when Is(name, "private") => HasList(reader)
            ? WithFields(reader.Argument.ToString())
            : this with { Private = true },
        var name when Is(name, "public") => this with { Public = true },
        var name when Is(name, "must-revalidate") => this with { MustRevalidate = true },
        var name when Is(name, "proxy-revalidate") => this with { ProxyRevalidate = true },
        var name when Is(name, "must-understand") => this with { MustUnderstand = true },
        _ => this,
    };

    private static bool Is(ReadOnlySpan<char> name, string known) =>
        name.Equals(known, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// An argument that names no field at all is taken as none: the directive then holds for everything.
    /// </summary>
    private static bool HasList(DirectiveReader reader) =>
        !reader.IsMalformed && reader.Argument.ContainsAnyExcept(" \t,\"");

    /// <summary>What is not a number of seconds is none of them: RFC 9111, section 4.2.1.</summary>
    private static TimeSpan Delta(DirectiveReader reader) =>
        !reader.IsMalformed && DeltaSeconds.TryParse(reader.Argument, out var delta) ? delta : TimeSpan.Zero;
}
