using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>
/// Where the token of a request is: <c>Authorization: Bearer</c> (RFC 6750), the password of
/// <c>Authorization: Basic</c> (RFC 7617; the user name says nothing), or <c>?token=</c>. The header comes first:
/// beside one the query is not looked at. Other places in another order are what options name.
/// </summary>
internal readonly ref struct PresentedToken
{
    private const string DefaultParameter = "token";

    private readonly bool _isBasic;

    private PresentedToken(ReadOnlySpan<char> credentials, bool isBasic)
    {
        Credentials = credentials;
        _isBasic = isBasic;
    }

    /// <summary>The token, or for Basic what it is encoded in.</summary>
    public ReadOnlySpan<char> Credentials { get; }

    /// <summary>A token that was found by another protocol's rules.</summary>
    public static PresentedToken Of(ReadOnlySpan<char> token) => new(token, isBasic: false);

    /// <summary>Finds it; false with the reason.</summary>
    public static bool TryFind(
        StringValues authorization, QueryString query, out PresentedToken found, out AuthFailure failure)
    {
        found = default;
        failure = AuthFailure.Malformed;
        return authorization.Count switch
        {
            0 => TryFindInQuery(query, DefaultParameter, out found, out failure),
            1 => TryParseHeader(authorization[0], out found),
            _ => false,
        };
    }

    /// <summary>Finds it in the first of several places that has one; false with the reason.</summary>
    public static bool TryFind(
        HttpRequest request, IReadOnlyList<TokenSource> sources, out PresentedToken found, out AuthFailure failure)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            var source = sources[i];
            PresentedToken there;
            var isFound = source.Kind switch
            {
                TokenSourceKind.Query => TryFindInQuery(request.QueryString, source.Name, out there, out failure),
                TokenSourceKind.Header => TryFindInHeader(request.Headers[source.Name], out there, out failure),
                _ => TryFindBearer(request.Headers.Authorization, out there, out failure),
            };
            if (isFound && there.TryTakeOff(source.Prefix, out found))
            {
                return true;
            }

            if (!isFound && failure != AuthFailure.Missing)
            {
                found = default;
                return false;
            }
        }

        found = default;
        failure = AuthFailure.Missing;
        return false;
    }

    /// <summary>Copies the token's bytes; false where it is not ASCII, or not base64 with a colon for Basic.</summary>
    /// <param name="buffer">At least as long as the credentials.</param>
    /// <param name="token">The token, somewhere in the buffer.</param>
    public bool TryRead(Span<byte> buffer, out ReadOnlySpan<byte> token)
    {
        token = default;
        if (Ascii.FromUtf16(Credentials, buffer, out var length) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        if (!_isBasic)
        {
            token = buffer[..length];
            return true;
        }

        if (Base64.DecodeFromUtf8InPlace(buffer[..length], out var decoded) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        var colon = buffer[..decoded].IndexOf((byte)':');
        token = colon < 0 ? default : buffer[(colon + 1)..decoded];
        return colon >= 0;
    }

    private static bool TryParseHeader(ReadOnlySpan<char> header, out PresentedToken found)
    {
        found = default;
        var space = header.IndexOf(' ');
        if (space < 0)
        {
            return false;
        }

        var credentials = header[space..].Trim(' ');
        var isBasic = header[..space].Equals("Basic", StringComparison.OrdinalIgnoreCase);
        if (!isBasic && !header[..space].Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        found = new PresentedToken(credentials, isBasic);
        return !credentials.IsEmpty && !credentials.ContainsAny(' ', '\t', ',');
    }

    private bool TryTakeOff(string prefix, out PresentedToken rest)
    {
        rest = default;
        if (!Credentials.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var credentials = prefix.Length == 0 ? Credentials : Credentials[prefix.Length..].Trim(' ');
        rest = new PresentedToken(credentials, _isBasic);
        return !credentials.IsEmpty;
    }

    // A header of another scheme is somebody else's: the places behind it are looked at.
    private static bool TryFindBearer(StringValues authorization, out PresentedToken found, out AuthFailure failure)
    {
        found = default;
        failure = AuthFailure.Malformed;
        if (authorization.Count > 1)
        {
            return false;
        }

        if (authorization.Count == 0
            || !authorization[0].AsSpan().StartsWith("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            failure = AuthFailure.Missing;
            return false;
        }

        return TryParseHeader(authorization[0], out found) && !found._isBasic;
    }

    private static bool TryFindInHeader(StringValues header, out PresentedToken found, out AuthFailure failure)
    {
        found = header.Count == 1 ? new PresentedToken(header[0].AsSpan().Trim(' '), isBasic: false) : default;
        failure = header.Count > 1 ? AuthFailure.Malformed : AuthFailure.Missing;
        return header.Count == 1 && !found.Credentials.IsEmpty;
    }

    private static bool TryFindInQuery(
        QueryString query, string name, out PresentedToken found, out AuthFailure failure)
    {
        found = default;
        failure = AuthFailure.Missing;
        if (!query.HasValue)
        {
            return false;
        }

        var any = false;
        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            if (!pair.EncodedName.Span.SequenceEqual(name))
            {
                continue;
            }

            if (any)
            {
                failure = AuthFailure.Malformed;
                return false;
            }

            any = true;
            found = new PresentedToken(pair.DecodeValue().Span, isBasic: false);
        }

        return any && !found.Credentials.IsEmpty;
    }
}
