namespace Fabrik.Wire.Http.Caching;

/// <summary>
/// What a request's <c>Cache-Control</c> (RFC 9111, section 5.2.1) or, when there is none, its <c>Pragma</c> (section
/// 5.4) asks of a cache. Made without allocation; <c>default</c> asks for nothing.
/// </summary>
public readonly record struct RequestDirectives
{
    /// <summary><c>no-cache</c>: validate first.</summary>
    public bool NoCache { get; init; }

    /// <summary><c>no-store</c>: store nothing of the answer.</summary>
    public bool NoStore { get; init; }

    /// <summary><c>only-if-cached</c>: 504 rather than a request to the origin.</summary>
    public bool OnlyIfCached { get; init; }

    /// <summary><c>max-age</c>: the greatest age that is wanted.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary><c>min-fresh</c>: how much longer it has to be fresh.</summary>
    public TimeSpan? MinFresh { get; init; }

    /// <summary><c>max-stale</c>: how stale it may be; without an argument, however stale.</summary>
    public TimeSpan? MaxStale { get; init; }

    /// <summary><c>stale-if-error</c>: how stale it may be when the origin fails (RFC 5861, section 4).</summary>
    public TimeSpan? StaleIfError { get; init; }

    /// <summary>Reads the headers of a request.</summary>
    public static RequestDirectives Parse(IReadOnlyList<HeaderField> headers)
    {
        var directives = default(RequestDirectives);
        var hasCacheControl = false;
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].Is("Cache-Control"))
            {
                hasCacheControl = true;
                directives = directives.With(headers[i].Value);
            }
        }

        return hasCacheControl ? directives : directives.WithPragma(headers.First("Pragma"));
    }

    /// <summary>These and those of one more <c>Cache-Control</c> line; the stricter of two values counts.</summary>
    public RequestDirectives With(ReadOnlySpan<char> line)
    {
        var directives = this;
        var reader = new DirectiveReader(line);
        while (reader.Read())
        {
            directives = directives.With(reader);
        }

        return directives;
    }

    /// <summary>These and what a <c>Pragma</c> says: to be asked only where no <c>Cache-Control</c> came.</summary>
    public RequestDirectives WithPragma(ReadOnlySpan<char> line)
    {
        var reader = new DirectiveReader(line);
        while (reader.Read())
        {
            if (reader.Is("no-cache") && !reader.HasArgument)
            {
                return this with { NoCache = true };
            }
        }

        return this;
    }

    private RequestDirectives With(DirectiveReader reader)
    {
        if (reader.Is("no-cache"))
        {
            return this with { NoCache = true };
        }

        if (reader.Is("no-store"))
        {
            return this with { NoStore = true };
        }

        if (reader.Is("only-if-cached"))
        {
            return this with { OnlyIfCached = true };
        }

        return reader.Is("max-stale") && !reader.HasArgument
            ? this with { MaxStale = MaxStale ?? TimeSpan.MaxValue }
            : WithDelta(reader);
    }

    /// <summary>
    /// What is not a number of seconds is not heeded, but a <c>max-age</c> that is none asks for all.
    /// </summary>
    private RequestDirectives WithDelta(DirectiveReader reader)
    {
        var isDelta = DeltaSeconds.TryParse(reader.Argument, out var delta) && !reader.IsMalformed;
        if (reader.Is("max-age"))
        {
            return this with { MaxAge = ResponseDirectives.Least(MaxAge, isDelta ? delta : TimeSpan.Zero) };
        }

        if (isDelta && reader.Is("min-fresh"))
        {
            return this with { MinFresh = MinFresh > delta ? MinFresh : delta };
        }

        if (isDelta && reader.Is("max-stale"))
        {
            return this with { MaxStale = ResponseDirectives.Least(MaxStale, delta) };
        }

        return isDelta && reader.Is("stale-if-error")
            ? this with { StaleIfError = ResponseDirectives.Least(StaleIfError, delta) }
            : this;
    }
}
