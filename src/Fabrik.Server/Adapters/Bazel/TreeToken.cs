using System.Globalization;
using Fabrik.Wire.Bazel;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>
/// Where a page of a tree begins: the place of its first folder in the walk, and a part of the root's hash, so that the
/// token of another tree is noticed.
/// </summary>
internal static class TreeToken
{
    private const int RootLength = 16;

    /// <summary>The token of a place.</summary>
    public static string Format(int place, BlobDigest root) =>
        string.Create(CultureInfo.InvariantCulture, $"{place}-{root.Hash.AsSpan(0, RootLength)}");

    /// <summary>Reads a token; an empty one is the beginning.</summary>
    public static bool TryParse(string token, BlobDigest root, out int place)
    {
        place = 0;
        if (token.Length == 0)
        {
            return true;
        }

        var digits = token.AsSpan(0, Math.Max(0, token.IndexOf('-', StringComparison.Ordinal)));
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out place)
            && place is > 0 and <= BlobLimit.TreeNodes
            && token == Format(place, root);
    }
}
