using System.Security.Cryptography;

namespace Fabrik.Wire.S3.Signing;

/// <summary>The text that a signature covers: S3 API reference, "Create a canonical request".</summary>
internal static class CanonicalRequest
{
    private const string Whitespace = " \t\r\n";

    /// <summary>Writes the canonical request. False if the query cannot be read.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="request">The request.</param>
    /// <param name="path">Its canonical path.</param>
    /// <param name="signedHeaders">The names of the signed headers, lower-case, sorted, between semicolons.</param>
    /// <param name="payloadHash">The last line.</param>
    public static bool TryWrite(
        ref CanonicalBuffer to,
        in SignableRequest request,
        ReadOnlySpan<byte> path,
        string signedHeaders,
        ReadOnlySpan<char> payloadHash)
    {
        to.Append(request.Method);
        to.Append((byte)'\n');
        to.Append(path);
        to.Append((byte)'\n');
        if (!CanonicalQuery.TryAppend(ref to, request.RawQuery))
        {
            return false;
        }

        to.Append((byte)'\n');
        var names = signedHeaders.AsSpan();
        foreach (var range in names.Split(';'))
        {
            AppendHeader(ref to, request.Headers, names[range]);
        }

        to.Append((byte)'\n');
        to.Append(signedHeaders);
        to.Append((byte)'\n');
        to.Append(payloadHash);
        return true;
    }

    /// <summary>Signs a canonical request: the string to sign, and its HMAC.</summary>
    /// <param name="canonical">The canonical request.</param>
    /// <param name="time">The time of the request.</param>
    /// <param name="scope">The scope of the key.</param>
    /// <param name="key">The derived key.</param>
    /// <param name="signature">32 bytes.</param>
    public static void Sign(
        ReadOnlySpan<byte> canonical, DateTimeOffset time, in CredentialScope scope, byte[] key, Span<byte> signature)
    {
        var text = new CanonicalBuffer(stackalloc byte[256]);
        WriteStringToSign(ref text, canonical, time, scope);
        HMACSHA256.HashData(key, text.Written, signature);
        text.Dispose();
    }

    internal static void WriteStringToSign(
        ref CanonicalBuffer to, ReadOnlySpan<byte> canonical, DateTimeOffset time, in CredentialScope scope)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonical, hash);
        to.Append("AWS4-HMAC-SHA256\n"u8);
        to.Append(AmzDate.Format(time));
        to.Append((byte)'\n');
        to.Append(scope.ToString());
        to.Append((byte)'\n');
        to.AppendHex(hash);
    }

    private static void AppendHeader(ref CanonicalBuffer to, IRequestHeaders headers, ReadOnlySpan<char> name)
    {
        to.Append(name);
        to.Append((byte)':');
        var values = headers.Get(Known(name));
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0)
            {
                to.Append((byte)',');
            }

            AppendTrimmed(ref to, values[i]);
        }

        to.Append((byte)'\n');
    }

    /// <summary>Appends a value without white space at its ends, and with one space for each run of it.</summary>
    private static void AppendTrimmed(ref CanonicalBuffer to, ReadOnlySpan<char> value)
    {
        value = value.Trim(Whitespace);
        while (!value.IsEmpty)
        {
            var end = value.IndexOfAny(Whitespace);
            to.Append(end < 0 ? value : value[..end]);
            if (end < 0)
            {
                return;
            }

            to.Append((byte)' ');
            value = value[end..].TrimStart(Whitespace);
        }
    }

    /// <summary>The usual names are not allocated again for every request.</summary>
    private static string Known(ReadOnlySpan<char> name) => name switch
    {
        "host" => "host",
        "range" => "range",
        "content-length" => "content-length",
        "content-md5" => "content-md5",
        "content-type" => "content-type",
        "x-amz-content-sha256" => "x-amz-content-sha256",
        "x-amz-date" => "x-amz-date",
        "x-amz-decoded-content-length" => "x-amz-decoded-content-length",
        "x-amz-security-token" => "x-amz-security-token",
        "x-amz-trailer" => "x-amz-trailer",
        _ => name.ToString(),
    };
}
