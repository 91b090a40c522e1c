using System.Globalization;

namespace Fabrik.Settings.Overrides;

/// <summary>
/// The values of one source by token. A setting takes what is its own; what nobody takes belongs to no setting and is
/// an error.
/// </summary>
internal sealed class OverrideSet
{
    private readonly Dictionary<string, Override> _byToken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public OverrideSet(IEnumerable<Override> overrides)
    {
        foreach (Override item in overrides)
        {
            // The last of several counts: of a flag that is repeated, as is the custom of command lines.
            _byToken[item.Token] = item;
        }
    }

    /// <summary>What no setting has taken, by token.</summary>
    public IEnumerable<Override> Unclaimed => _byToken.Values
        .Where(item => !_taken.Contains(item.Token))
        .OrderBy(item => item.Token, StringComparer.Ordinal);

    /// <summary>Takes a value.</summary>
    public Override? Take(string token)
    {
        if (_byToken.Count == 0 || !_byToken.TryGetValue(token, out Override? found))
        {
            return null;
        }

        _taken.Add(token);
        return found;
    }

    /// <summary>Whether anything is set in an element of an array: <c>UPSTREAM_0_</c>.</summary>
    public bool HasPrefix(string prefix) =>
        _byToken.Keys.Any(token => token.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>
    /// The indices that stand after a prefix (<c>UPSTREAM_</c>), ascending and each once; at most <paramref
    /// name="max"/>.
    /// </summary>
    public IEnumerable<int> IndicesAfter(string prefix, int max) => _byToken.Keys
        .Where(token => token.StartsWith(prefix, StringComparison.Ordinal))
        .Select(token => IndexAt(token.AsSpan(prefix.Length)))
        .Where(index => index >= 0 && index < max)
        .Distinct()
        .Order();

    private static int IndexAt(ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOf('_');
        ReadOnlySpan<char> digits = end < 0 ? rest : rest[..end];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : -1;
    }
}
