using System.Net.Http.Headers;
using System.Text;

namespace Fabrik.Upstreams.Http;

/// <summary>What shows a server who asks: one header of a request. Its text is never shown.</summary>
public sealed class HttpCredential
{
    private readonly string _name;
    private readonly string _value;

    private HttpCredential(string name, string value)
    {
        if (value.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            throw new ArgumentException($"the credential for {name} holds a line break", nameof(value));
        }

        _name = name;
        _value = value;
    }

    /// <summary>User and password (RFC 7617), in UTF-8.</summary>
    public static HttpCredential Basic(string user, string password) => new(
        "Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}");

    /// <summary>A bearer token (RFC 6750).</summary>
    /// <exception cref="ArgumentException">It holds a line break.</exception>
    public static HttpCredential Bearer(string token) => new("Authorization", $"Bearer {token}");

    /// <summary>A header that a server has made up for itself, such as GitLab's <c>JOB-TOKEN</c>.</summary>
    /// <exception cref="ArgumentException">It holds a line break.</exception>
    public static HttpCredential Header(string name, string value) => new(name, value);

    /// <summary>The header's name alone.</summary>
    public override string ToString() => _name;

    internal void AddTo(HttpRequestHeaders headers) => headers.TryAddWithoutValidation(_name, _value);
}
