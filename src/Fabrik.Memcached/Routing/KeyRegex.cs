using System.Text;
using System.Text.RegularExpressions;

namespace Fabrik.Memcached.Routing;

/// <summary>A regular expression for keys, of which only those are taken whose time grows with the key alone.</summary>
internal sealed class KeyRegex
{
    private readonly Regex _regex;
    private readonly Action? _exceeded;

    private KeyRegex(Regex regex, byte[] prefix, Action? exceeded) =>
        (_regex, Prefix, _exceeded) = (regex, prefix, exceeded);

    /// <summary>What every key that it matches begins with, as far as that is plain to see.</summary>
    public byte[] Prefix { get; }

    /// <summary>Reads it.</summary>
    /// <param name="text">The expression, without slashes around it.</param>
    /// <param name="limit">How long it may take for a key.</param>
    /// <param name="regex">The expression; null where something is wrong.</param>
    /// <param name="error">What is wrong, with the position, counted from 1; null where nothing is.</param>
    public static bool TryCreate(string text, RegexLimit limit, out KeyRegex? regex, out string? error)
    {
        regex = null;
        error = null;
        try
        {
            const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            regex = new KeyRegex(new Regex(text, Options, limit.Time), FindPrefix(text), limit.Exceeded);
        }
        catch (RegexParseException exception)
        {
            // Counted in the pattern with its slash.
            error = $"the regular expression is wrong before position {exception.Offset + 2}: {exception.Error}";
        }
        catch (NotSupportedException)
        {
            error = "the regular expression is too large, or has what may take very long "
                + "(a lookaround, a backreference, a conditional or an atomic group)";
        }

        return regex is not null;
    }

    /// <summary>Whether it is found in a key. A key that it takes too long for counts as one where it is not.</summary>
    public bool IsMatch(ReadOnlySpan<char> key)
    {
        try
        {
            return _regex.IsMatch(key);
        }
        catch (RegexMatchTimeoutException)
        {
            _exceeded?.Invoke();
            return false;
        }
    }

    private static byte[] FindPrefix(string text)
    {
        var prefix = new StringBuilder();
        if (text.Length == 0 || text[0] != '^' || text.Contains('|', StringComparison.Ordinal))
        {
            return [];
        }

        var at = 1;
        while (at < text.Length)
        {
            var isEscaped = text[at] == '\\' && at + 1 < text.Length && IsPunctuation(text[at + 1]);
            if (!isEscaped && !IsPlain(text[at]))
            {
                break;
            }

            at += isEscaped ? 1 : 0;
            prefix.Append(text[at++]);
        }

        // What a quantifier follows may be there not once.
        if (at < text.Length && text[at] is '*' or '?' or '{' && prefix.Length > 0)
        {
            prefix.Length--;
        }

        return Encoding.ASCII.GetBytes(prefix.ToString());
    }

    private static bool IsPlain(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is ':' or '_' or '-' or '/';

    private static bool IsPunctuation(char character) =>
        character is > ' ' and < (char)127 && !char.IsAsciiLetterOrDigit(character);
}
