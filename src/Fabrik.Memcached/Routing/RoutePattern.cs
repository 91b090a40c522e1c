using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Routing;

/// <summary>Which keys a route is for.</summary>
/// <remarks>
/// A pattern between slashes (<c>/^user:[0-9]+$/</c>) is a regular expression, found anywhere in the key unless it is
/// anchored. Any other is a glob for the whole key: <c>*</c> for any characters, <c>?</c> for one, <c>[a-z]</c> and
/// <c>[^a-z]</c> for one of a set, and a backslash before a character that means itself.
/// </remarks>
internal sealed class RoutePattern
{
    /// <summary>Characters that a pattern may have.</summary>
    public const int MaxLength = 1024;

    private readonly GlobPattern? _glob;
    private readonly KeyRegex? _regex;

    private RoutePattern(PatternKind kind, byte[] prefix) => (Kind, Prefix) = (kind, prefix);

    private RoutePattern(GlobPattern glob)
        : this(PatternKind.Glob, glob.Prefix) => _glob = glob;

    private RoutePattern(KeyRegex regex)
        : this(PatternKind.Regex, regex.Prefix) => _regex = regex;

    /// <summary>How it is matched.</summary>
    public PatternKind Kind { get; }

    /// <summary>What every key that it matches begins with; of an exact one all of the key.</summary>
    public byte[] Prefix { get; }

    /// <summary>Reads it from configuration.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="pattern">What it says; null where it says nothing.</param>
    /// <param name="error">What is wrong, with the position, counted from 1; null where nothing is.</param>
    public static bool TryParse(string text, out RoutePattern? pattern, out string? error) =>
        TryParse(text, RegexLimit.Usual, out pattern, out error);

    /// <summary>Reads it from configuration, with a limit of its own for a regular expression.</summary>
    /// <inheritdoc cref="TryParse(string, out RoutePattern?, out string?)"/>
    public static bool TryParse(string text, RegexLimit limit, out RoutePattern? pattern, out string? error)
    {
        pattern = null;
        if (text.Length is 0 or > MaxLength)
        {
            error = text.Length == 0
                ? "the pattern is empty; '*' is for all keys"
                : $"the pattern has {text.Length} characters, more than {MaxLength}";
            return false;
        }

        if (text.Length > 1 && text[0] == '/' && text[^1] == '/')
        {
            if (KeyRegex.TryCreate(text[1..^1], limit, out var regex, out error))
            {
                pattern = new RoutePattern(regex!);
            }
        }
        else if (GlobParser.TryParse(text, out var tokens, out error))
        {
            pattern = Simplify(tokens!);
        }

        if (pattern?.Prefix.Length > ReaderLimits.MaxKeyLength)
        {
            error = $"no key has as many bytes: {ReaderLimits.MaxKeyLength} are allowed";
            pattern = null;
        }

        return pattern is not null;
    }

    /// <summary>Whether it matches a key; allocates nothing.</summary>
    public bool IsMatch(ref KeyText key) => Kind switch
    {
        PatternKind.Exact => key.Bytes.SequenceEqual(Prefix),
        PatternKind.Prefix => key.Bytes.StartsWith(Prefix),
        PatternKind.Glob => _glob!.IsMatch(key.Bytes),
        _ => _regex!.IsMatch(key.Characters),
    };

    private static RoutePattern Simplify(List<GlobToken> tokens)
    {
        var glob = new GlobPattern([.. tokens]);
        var special = tokens.Count - glob.Prefix.Length;
        return special switch
        {
            0 => new RoutePattern(PatternKind.Exact, glob.Prefix),
            1 when tokens[^1].Kind == GlobTokenKind.AnyRun => new RoutePattern(PatternKind.Prefix, glob.Prefix),
            _ => new RoutePattern(glob),
        };
    }
}

/// <summary>How a pattern is matched.</summary>
internal enum PatternKind
{
    /// <summary>It is one key.</summary>
    Exact,

    /// <summary>Keys that begin with it.</summary>
    Prefix,

    /// <summary>Step by step.</summary>
    Glob,

    /// <summary>By a regular expression.</summary>
    Regex,
}
