namespace Fabrik.Memcached.Routing;

/// <summary>A glob for whole keys. Its time is at most the product of both lengths.</summary>
internal sealed class GlobPattern
{
    private readonly GlobToken[] _rest;

    /// <summary>Makes it of its steps, in which no two <see cref="GlobTokenKind.AnyRun"/> follow each other.</summary>
    public GlobPattern(GlobToken[] tokens)
    {
        var first = tokens.TakeWhile(static token => token.Kind == GlobTokenKind.Literal);
        Prefix = [.. first.Select(static token => token.Literal)];
        _rest = tokens[Prefix.Length..];
    }

    /// <summary>What stands before the first step that is not a byte.</summary>
    public byte[] Prefix { get; }

    /// <summary>Whether it matches all of a key.</summary>
    public bool IsMatch(ReadOnlySpan<byte> key)
    {
        if (!key.StartsWith(Prefix))
        {
            return false;
        }

        key = key[Prefix.Length..];
        var (step, at) = (0, 0);
        var (runStep, runEnd) = (-1, 0);
        while (at < key.Length)
        {
            if (step < _rest.Length && _rest[step].Kind == GlobTokenKind.AnyRun)
            {
                (runStep, runEnd) = (step, at);
                step++;
            }
            else if (step < _rest.Length && _rest[step].Take(key[at..]) is > 0 and var taken)
            {
                at += taken;
                step++;
            }
            else if (runStep >= 0)
            {
                // The last run takes one character more; earlier ones need not be tried again.
                runEnd += GlobToken.CharacterLength(key[runEnd..]);
                (step, at) = (runStep + 1, runEnd);
            }
            else
            {
                return false;
            }
        }

        return step == _rest.Length || (step == _rest.Length - 1 && _rest[step].Kind == GlobTokenKind.AnyRun);
    }
}
