using Fabrik.Wire.S3;

namespace Fabrik.Proxies.Site;

/// <summary>Documents that are served in the place of others, as a site needs them.</summary>
public sealed record SiteRule
{
    /// <summary>The name of the document that stands for a path that ends in a slash; empty for none.</summary>
    public string IndexDocument { get; init; } = "";

    /// <summary>The key of the document that is served with a 404; empty for none.</summary>
    public string ErrorDocument { get; init; } = "";

    /// <summary>
    /// The key of the document that is served, with a 200, for paths that are not found and whose last part has no
    /// extension: those of an application in the page. Empty for none.
    /// </summary>
    public string FallbackDocument { get; init; } = "";

    /// <summary>The target with the index document where that is meant.</summary>
    public string WithIndex(string target)
    {
        var end = PathEnd(target);
        return IndexDocument.Length > 0 && end > 0 && target[end - 1] == '/'
            ? $"{target.AsSpan(0, end)}{S3Uri.EncodePath(IndexDocument)}{target.AsSpan(end)}"
            : target;
    }

    /// <summary>What is served where nothing was found, and with which status; null for nothing.</summary>
    /// <param name="target">The target that was not found, within the bucket.</param>
    public (string Target, int Status)? FallbackOf(string target)
    {
        var path = target.AsSpan(0, PathEnd(target));
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (FallbackDocument.Length > 0 && (!name.Contains('.') || IsIndex(name)))
        {
            return (TargetOf(FallbackDocument), 200);
        }

        return ErrorDocument.Length > 0 ? (TargetOf(ErrorDocument), 404) : null;
    }

    private bool IsIndex(ReadOnlySpan<char> name) => IndexDocument.Length > 0 && name.SequenceEqual(IndexDocument);

    private static string TargetOf(string key) => "/" + S3Uri.EncodePath(key.TrimStart('/'));

    private static int PathEnd(string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? target.Length : question;
    }
}
