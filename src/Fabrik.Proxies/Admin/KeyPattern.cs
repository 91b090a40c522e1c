namespace Fabrik.Proxies.Admin;

/// <summary>
/// A pattern of keys: <c>*</c> is anything but a slash, <c>**</c> anything, <c>?</c> one character but a slash.
/// </summary>
/// <param name="pattern">The pattern.</param>
public sealed class KeyPattern(string pattern)
{
    /// <summary>What every key that matches begins with.</summary>
    public string Prefix { get; } = pattern.AsSpan().IndexOfAny('*', '?') is >= 0 and var at ? pattern[..at] : pattern;

    /// <summary>Whether a key matches. The time is bounded by the product of both lengths.</summary>
    public bool Matches(string key)
    {
        var reached = new bool[key.Length + 1];
        reached[0] = true;
        for (var i = 0; i < pattern.Length; i++)
        {
            var isAny = pattern[i] == '*';
            var isDeep = isAny && i + 1 < pattern.Length && pattern[i + 1] == '*';
            if (isAny)
            {
                Spread(reached, key, isDeep);
            }
            else
            {
                Advance(reached, key, pattern[i]);
            }

            i += isDeep ? 1 : 0;
        }

        return reached[^1];
    }

    private static void Spread(bool[] reached, string key, bool isDeep)
    {
        for (var at = 0; at < key.Length; at++)
        {
            reached[at + 1] |= reached[at] && (isDeep || key[at] != '/');
        }
    }

    private static void Advance(bool[] reached, string key, char expected)
    {
        for (var at = key.Length; at > 0; at--)
        {
            reached[at] = reached[at - 1] && (expected == '?' ? key[at - 1] != '/' : key[at - 1] == expected);
        }

        reached[0] = false;
    }
}
