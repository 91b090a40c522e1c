using System.Text;

namespace Fabrik.Upstreams.Http;

/// <summary>Makes the URL of an object from its key.</summary>
internal sealed class HttpNames
{
    private readonly Uri _base;
    private readonly bool _isFlat;

    /// <summary>Names below one URL.</summary>
    /// <param name="baseUrl">What objects are below.</param>
    /// <param name="layout">
    /// How they are named there. Below <c>/ac/</c> and <c>/cas/</c>, which are bazel-remote's, it is always flat.
    /// </param>
    public HttpNames(Uri baseUrl, HttpKeyLayout layout)
    {
        _base = baseUrl;
        _isFlat = layout == HttpKeyLayout.Flat
            || baseUrl.AbsolutePath.EndsWith("/ac/", StringComparison.Ordinal)
            || baseUrl.AbsolutePath.EndsWith("/cas/", StringComparison.Ordinal);
    }

    /// <summary>The object's URL; null for a key that would lead out of the base or mean a folder.</summary>
    public Uri? Of(string key)
    {
        var segments = key.Split('/');
        if (segments.Any(static segment => segment is "" or "." or ".."))
        {
            return null;
        }

        var name = new StringBuilder(_base.AbsoluteUri, _base.AbsoluteUri.Length + key.Length);
        if (!_isFlat)
        {
            foreach (var folder in segments.AsSpan()[..^1])
            {
                name.Append(Uri.EscapeDataString(folder)).Append('/');
            }
        }

        return new Uri(name.Append(Uri.EscapeDataString(segments[^1])).ToString());
    }
}
