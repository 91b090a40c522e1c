using System.Buffers;
using System.Globalization;

namespace Fabrik.Wire.S3.Signing;

/// <summary>Finds the signature in the Authorization header or in the query, and reads it.</summary>
internal static class SignatureReader
{
    /// <summary>The algorithm's name.</summary>
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Longest credential and list of headers that are read: an access key may be a JWT.</summary>
    private const int MaxField = 16 * 1024;

    /// <summary>Most headers that are signed: each one is copied before anything is trusted.</summary>
    private const int MaxSignedHeaders = 128;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    public static SignatureFinding Read(in SignableRequest request, out SignatureClaims? claims)
    {
        claims = null;
        var header = request.Headers.Get("authorization");
        var query = new S3Query(request.RawQuery);
        var isHeader = header.Count > 0 && header[0].StartsWith("AWS", StringComparison.Ordinal);
        var isQuery = query.Has("X-Amz-Signature") || query.Has("X-Amz-Algorithm");
        return (isHeader, isQuery) switch
        {
            (true, true) => SignatureFinding.Malformed("both the Authorization header and the query are signed"),
            (true, _) when header.Count > 1 => SignatureFinding.Malformed("more than one Authorization header"),
            (true, _) => ReadHeader(request.Headers, header[0], out claims),
            (_, true) => ReadQuery(request.Headers, query, out claims),
            _ when query.Has("AWSAccessKeyId") && query.Has("Signature") => Unsupported("Signature Version 2"),
            _ => new SignatureFinding(SignatureFault.Anonymous, "the request is not signed"),
        };
    }

    private static SignatureFinding ReadHeader(IRequestHeaders headers, string value, out SignatureClaims? claims)
    {
        claims = null;
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        var algorithm = space < 0 ? value : value.AsSpan(0, space);
        if (algorithm is not Algorithm)
        {
            return Unsupported(algorithm is "AWS" ? "Signature Version 2" : algorithm.ToString());
        }

        ReadOnlySpan<char> credential = default, signedHeaders = default, signature = default;
        var rest = value.AsSpan(space < 0 ? value.Length : space + 1);
        foreach (var range in rest.Split(','))
        {
            var field = rest[range].Trim(" \t");
            var equals = field.IndexOf('=');
            switch (equals < 0 ? field : field[..equals])
            {
                case "Credential" when credential.IsEmpty:
                    credential = field[(equals + 1)..];
                    break;
                case "SignedHeaders" when signedHeaders.IsEmpty:
                    signedHeaders = field[(equals + 1)..];
                    break;
                case "Signature" when signature.IsEmpty:
                    signature = field[(equals + 1)..];
                    break;
                default:
                    return SignatureFinding.Malformed(
                        "the Authorization header is not one Credential, one SignedHeaders and one Signature");
            }
        }

        var date = headers.Get("x-amz-date");
        date = date.Count == 0 ? headers.Get("date") : date;
        if (date.Count != 1)
        {
            return SignatureFinding.Missing("one x-amz-date or Date header");
        }

        if (!AmzDate.TryParseEither(date[0], out var time))
        {
            return SignatureFinding.Malformed("the request's date is not in the form 20130524T000000Z");
        }

        var fields = new Fields(credential, signedHeaders, signature)
        {
            Time = time,
            SessionToken = Single(headers, "x-amz-security-token"),
            PayloadHash = Single(headers, "x-amz-content-sha256"),
        };
        return Build(fields, out claims);
    }

    private static SignatureFinding ReadQuery(IRequestHeaders headers, S3Query query, out SignatureClaims? claims)
    {
        claims = null;
        query.TryGet("X-Amz-Algorithm", out var algorithm);
        if (algorithm is not Algorithm)
        {
            return algorithm.Length == 0 ? SignatureFinding.Missing("X-Amz-Algorithm") : Unsupported(algorithm);
        }

        if (!query.TryGet("X-Amz-Credential", out var credential)
            || !query.TryGet("X-Amz-SignedHeaders", out var signedHeaders)
            || !query.TryGet("X-Amz-Signature", out var signature)
            || !query.TryGet("X-Amz-Date", out var date)
            || !query.TryGet("X-Amz-Expires", out var expires))
        {
            return SignatureFinding.Missing(
                "X-Amz-Credential, X-Amz-SignedHeaders, X-Amz-Signature, X-Amz-Date and X-Amz-Expires");
        }

        if (!AmzDate.TryParse(date, out var time))
        {
            return SignatureFinding.Malformed("X-Amz-Date is not in the form 20130524T000000Z");
        }

        if (!uint.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return SignatureFinding.Malformed("X-Amz-Expires is not a number of seconds");
        }

        var fields = new Fields(credential, signedHeaders, signature)
        {
            Time = time,
            Expires = TimeSpan.FromSeconds(seconds),
            SessionToken = query.TryGet("X-Amz-Security-Token", out var token)
                ? token : Single(headers, "x-amz-security-token"),
            PayloadHash = query.TryGet("X-Amz-Content-Sha256", out var hash)
                ? hash : Single(headers, "x-amz-content-sha256"),
        };
        return Build(fields, out claims);
    }

    private static SignatureFinding Build(in Fields fields, out SignatureClaims? claims)
    {
        claims = null;
        if (fields.Credential.IsEmpty || fields.SignedHeaders.IsEmpty || fields.Signature.IsEmpty)
        {
            return SignatureFinding.Missing("Credential, SignedHeaders and Signature");
        }

        if (fields.Credential.Length > MaxField || fields.SignedHeaders.Length > MaxField)
        {
            return SignatureFinding.Malformed($"a field of the signature is longer than {MaxField} letters");
        }

        if (fields.SignedHeaders.Count(';') >= MaxSignedHeaders)
        {
            return SignatureFinding.Malformed($"more than {MaxSignedHeaders} headers are signed");
        }

        if (fields.Signature.Length != 64 || fields.Signature.ContainsAnyExcept(LowerHex))
        {
            return SignatureFinding.Malformed("the signature is not 64 hex digits in lower case");
        }

        if (!TryReadCredential(fields.Credential, out var accessKeyId, out var scope))
        {
            return SignatureFinding.Malformed(
                "the credential is not in the form <access key>/<yyyymmdd>/<region>/<service>/aws4_request");
        }

        claims = new SignatureClaims
        {
            AccessKeyId = accessKeyId,
            Scope = scope,
            Time = fields.Time,
            Expires = fields.Expires,
            SignedHeaders = fields.SignedHeaders.ToString(),
            Signature = fields.Signature.ToString(),
            SessionToken = fields.SessionToken,
            PayloadHash = fields.PayloadHash,
        };
        return SignatureFinding.Ok;
    }

    // Read from the end: an access key may have slashes in it, the rest may not.
    private static bool TryReadCredential(ReadOnlySpan<char> text, out string accessKeyId, out CredentialScope scope)
    {
        accessKeyId = "";
        scope = default;
        if (!TryCutLast(ref text, out var terminator) || terminator is not "aws4_request"
            || !TryCutLast(ref text, out var service)
            || !TryCutLast(ref text, out var region)
            || !TryCutLast(ref text, out var day)
            || day.Length != 8
            || !int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || text.IsEmpty)
        {
            return false;
        }

        accessKeyId = text.ToString();
        scope = new CredentialScope(number, Known(region), Known(service));
        return true;
    }

    private static bool TryCutLast(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> last)
    {
        var slash = text.LastIndexOf('/');
        last = slash < 0 ? default : text[(slash + 1)..];
        text = slash < 0 ? text : text[..slash];
        return !last.IsEmpty;
    }

    /// <summary>The usual words are not allocated again for every request.</summary>
    private static string Known(ReadOnlySpan<char> word) => word switch
    {
        "s3" => "s3",
        "us-east-1" => "us-east-1",
        "auto" => "auto",
        _ => word.ToString(),
    };

    private static string? Single(IRequestHeaders headers, string name) =>
        headers.Get(name) is { Count: > 0 } values ? values[0].Trim() : null;

    private static SignatureFinding Unsupported(string algorithm) => new(
        SignatureFault.UnsupportedAlgorithm,
        $"'{(algorithm.Length > 64 ? algorithm[..64] : algorithm)}' is not supported, only {Algorithm} is");

    private readonly ref struct Fields(
        ReadOnlySpan<char> credential, ReadOnlySpan<char> signedHeaders, ReadOnlySpan<char> signature)
    {
        public ReadOnlySpan<char> Credential { get; } = credential;

        public ReadOnlySpan<char> SignedHeaders { get; } = signedHeaders;

        public ReadOnlySpan<char> Signature { get; } = signature;

        public DateTimeOffset Time { get; init; }

        public TimeSpan? Expires { get; init; }

        public string? SessionToken { get; init; }

        public string? PayloadHash { get; init; }
    }
}
