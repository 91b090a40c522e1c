using System.Net;
using System.Text;
using Fabrik.Wire.Http;
using Fabrik.Wire.S3;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Proxies.Origins;

/// <summary>
/// Requests to an S3 endpoint, signed with Signature Version 4. The key goes over the wire in the one encoding that is
/// signed: whatever a client escaped, or did not, names the same object.
/// </summary>
internal sealed class S3ReplicaProtocol : IReplicaProtocol
{
    private const int MaxErrorBytes = 16 * 1024;

    private readonly S3ReplicaOptions _options;
    private readonly SigningKeyCache _keys;
    private readonly TimeProvider _time;
    private readonly string _origin;
    private readonly string _host;
    private readonly string _prefix;

    /// <summary>Requests to one endpoint.</summary>
    /// <param name="url">The endpoint.</param>
    /// <param name="options">Bucket, region and credentials.</param>
    /// <param name="keys">Where derived keys are kept.</param>
    /// <param name="time">The clock.</param>
    public S3ReplicaProtocol(Uri url, S3ReplicaOptions options, SigningKeyCache keys, TimeProvider time)
    {
        _options = options;
        _keys = keys;
        _time = time;
        _host = options.UsesPathStyle ? url.Authority : $"{options.Bucket}.{url.Authority}";
        _origin = $"{url.Scheme}://{_host}";
        _prefix = RawUri.PrefixOf(url) + (options.UsesPathStyle ? "/" + S3Uri.EncodePath(options.Bucket) : "");
    }

    public async ValueTask<HttpRequestMessage> ToMessageAsync(
        OriginRequest request, CancellationToken cancellationToken)
    {
        var question = request.Target.IndexOf('?', StringComparison.Ordinal);
        var path = _prefix + Reencoded(question < 0 ? request.Target : request.Target[..question]);
        var query = question < 0 ? "" : request.Target[(question + 1)..];
        var message = new HttpRequestMessage(
            new HttpMethod(request.Method), RawUri.Of(_origin, query.Length == 0 ? path : $"{path}?{query}"))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var field in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        if (await CredentialsAsync(cancellationToken) is { } credentials)
        {
            Sign(message, request, (path, query), credentials);
        }

        return message;
    }

    private async ValueTask<SigningCredentials?> CredentialsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _options.Credentials is { } find ? await find(cancellationToken) : null;
        }
        catch (IOException missing)
        {
            throw new MissingCredentialsException(missing);
        }
    }

    public async ValueTask<string?> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if ((int)response.StatusCode < 400)
        {
            return null;
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MaxErrorBytes];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return CodeOf(Encoding.UTF8.GetString(bytes.AsSpan(0, length))) ?? "";
    }

    // Of the document only the code is of use, which is one word; nothing else of it leaves this place.
    private static string? CodeOf(string document)
    {
        var start = document.IndexOf("<Code>", StringComparison.Ordinal) + "<Code>".Length;
        var end = start < "<Code>".Length ? -1 : document.IndexOf('<', start);
        var code = end < 0 ? "" : document[start..end];
        return code.Length is > 0 and <= 64 && code.All(char.IsAsciiLetterOrDigit) ? code : null;
    }

    private static string Reencoded(string path) =>
        S3Uri.TryDecode(path, plusIsSpace: false, out var key) ? S3Uri.EncodePath(key) : path;

    private void Sign(
        HttpRequestMessage message,
        OriginRequest request,
        (string Path, string Query) target,
        SigningCredentials credentials)
    {
        var now = _time.GetUtcNow();
        List<HeaderField> signed =
        [
            new("host", _host),
            new("x-amz-content-sha256", Payloads.Empty),
            new("x-amz-date", AmzDate.Format(now)),
        ];
        if (credentials.SessionToken is { } token)
        {
            signed.Add(new HeaderField("x-amz-security-token", token));
        }

        foreach (var field in signed.Skip(1))
        {
            message.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        signed.AddRange(request.Headers.Where(
            static field => field.Name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)));
        signed.Sort(static (one, other) => string.CompareOrdinal(Lower(one.Name), Lower(other.Name)));
        var names = string.Join(';', signed.Select(static field => Lower(field.Name)));
        var signer = new RequestSigner(credentials, _options.Region, _keys);
        var signature = signer.Sign(
            new SignableRequest(request.Method, target.Path, target.Query, new SignedFields(signed)),
            names,
            Payloads.Empty,
            now);
        message.Headers.TryAddWithoutValidation("Authorization", signature.Authorization);
    }

    private static string Lower(string name) => name.ToLowerInvariant();

    private sealed class SignedFields(List<HeaderField> fields) : IRequestHeaders
    {
        public IEnumerable<string> Names => fields.Select(static one => one.Name);

        public HeaderValues Get(string name) => new(fields.First(name));
    }
}
