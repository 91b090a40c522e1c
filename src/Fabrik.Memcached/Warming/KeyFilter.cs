using System.Text;
using Fabrik.Memcached.Routing;

namespace Fabrik.Memcached.Warming;

/// <summary>Which keys a request is about. For one thread at a time.</summary>
internal sealed class KeyFilter(WarmingRequest request)
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(request.Prefix);
    private char[] _characters = [];

    /// <summary>Whether a key is one of them.</summary>
    public bool IsMatch(ReadOnlySpan<byte> key)
    {
        if (!key.StartsWith(_prefix) || request.Matcher is not { } matcher)
        {
            return key.StartsWith(_prefix);
        }

        if (_characters.Length < key.Length)
        {
            _characters = new char[key.Length];
        }

        var text = new KeyText(key, _characters);
        return matcher.IsMatch(ref text);
    }
}
