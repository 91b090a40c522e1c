using System.Text;

namespace Fabrik.Wire.S3;

/// <summary>Why a request target names nothing in S3.</summary>
public enum S3TargetFault
{
    /// <summary>It does name something.</summary>
    None,

    /// <summary>It is neither a path nor an absolute <c>http</c> or <c>https</c> address.</summary>
    NotAPath,

    /// <summary>An escape in the path is not two hex digits, or what it stands for is not UTF-8.</summary>
    InvalidEncoding,

    /// <summary>The bucket's name breaks the rules (see <see cref="S3Target.IsBucketName"/>).</summary>
    InvalidBucketName,

    /// <summary>The key is longer than <see cref="S3Target.MaxKeyBytes"/> of UTF-8.</summary>
    KeyTooLong,
}

/// <summary>
/// What a request names: the raw target taken apart, in path style (<c>/bucket/key</c>) or virtual-host style
/// (<c>bucket.base</c>). Nothing is normalised: <c>//</c>, <c>.</c>, <c>..</c>, <c>%2F</c> and <c>+</c> are part of
/// a key.
/// </summary>
/// <param name="Bucket">The bucket; empty for a request to the service (ListBuckets).</param>
/// <param name="Key">The key, decoded; empty for a request to the bucket.</param>
/// <param name="RawPath">The path as sent, which is what is signed; starts with <c>/</c>.</param>
/// <param name="Query">The query as sent.</param>
/// <param name="IsVirtualHost">Whether the bucket was named by the host.</param>
public readonly record struct S3Target(string Bucket, string Key, string RawPath, S3Query Query, bool IsVirtualHost)
{
    /// <summary>The longest key, in bytes of UTF-8.</summary>
    public const int MaxKeyBytes = 1024;

    /// <summary>The longest name of a bucket (the rules before 2018, which old buckets still follow).</summary>
    public const int MaxBucketLength = 255;

    /// <summary>Takes a request target apart.</summary>
    /// <param name="target">The target as sent: <c>/path?query</c>, or in the absolute form.</param>
    /// <param name="host">The Host header, with or without a port; the authority of an absolute target wins.</param>
    /// <param name="baseDomains">Domains whose sub-domains are buckets, without a port; the longest match wins.</param>
    /// <param name="result">What is named; default if there is a fault.</param>
    public static S3TargetFault Parse(
        string target, string host, IReadOnlyList<string> baseDomains, out S3Target result)
    {
        result = default;
        var authority = host.AsSpan();
        if (!TryFindPath(target, ref authority, out var rawPath, out var rawQuery))
        {
            return S3TargetFault.NotAPath;
        }

        var bucket = BucketOf(authority, baseDomains);
        var isVirtualHost = bucket is not null;
        var rawKey = rawPath.AsSpan(1);
        if (bucket is null)
        {
            var slash = rawKey.IndexOf('/');
            if (!S3Uri.TryDecode(slash < 0 ? rawKey : rawKey[..slash], plusIsSpace: false, out bucket))
            {
                return S3TargetFault.InvalidEncoding;
            }

            rawKey = slash < 0 ? default : rawKey[(slash + 1)..];
        }

        if (!S3Uri.TryDecode(rawKey, plusIsSpace: false, out var key))
        {
            return S3TargetFault.InvalidEncoding;
        }

        if ((bucket.Length == 0 && key.Length > 0) || (bucket.Length > 0 && !IsBucketName(bucket)))
        {
            return S3TargetFault.InvalidBucketName;
        }

        if (Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
        {
            return S3TargetFault.KeyTooLong;
        }

        result = new S3Target(bucket, key, rawPath, new S3Query(rawQuery), isVirtualHost);
        return S3TargetFault.None;
    }

    /// <summary>
    /// Whether this may be a bucket's name: 3 to 255 letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, not two dots in
    /// a row, and a letter or digit at both ends.
    /// </summary>
    public static bool IsBucketName(ReadOnlySpan<char> name)
    {
        if (name.Length is < 3 or > MaxBucketLength
            || !char.IsAsciiLetterOrDigit(name[0])
            || !char.IsAsciiLetterOrDigit(name[^1])
            || name.Contains("..", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryFindPath(
        string target, ref ReadOnlySpan<char> authority, out string rawPath, out string rawQuery)
    {
        var rest = target.AsSpan();
        rawQuery = "";
        rawPath = "/";
        if (!rest.StartsWith('/'))
        {
            // RFC 9112, 3.2.2: the authority of the absolute form takes the place of the Host header.
            var scheme = rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
                : rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : 0;
            if (scheme == 0)
            {
                return false;
            }

            rest = rest[scheme..];
            var end = rest.IndexOfAny('/', '?');
            authority = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[end..];
        }

        var question = rest.IndexOf('?');
        if (question >= 0)
        {
            rawQuery = rest[(question + 1)..].ToString();
            rest = rest[..question];
        }

        rawPath = rest.IsEmpty ? "/" : rest.Length == target.Length ? target : rest.ToString();
        return true;
    }

    /// <summary>The bucket that a host names; null if the path has to.</summary>
    private static string? BucketOf(ReadOnlySpan<char> authority, IReadOnlyList<string> baseDomains)
    {
        var colon = authority.LastIndexOf(':');
        var host = colon >= 0 && !authority[colon..].Contains(']') ? authority[..colon] : authority;
        var bucket = 0;
        for (var i = 0; i < baseDomains.Count; i++)
        {
            var domain = baseDomains[i];
            if (host.Equals(domain, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            var length = host.Length - domain.Length - 1;
            if (length > 0 && host[length] == '.' && host.EndsWith(domain, StringComparison.OrdinalIgnoreCase))
            {
                bucket = bucket == 0 ? length : Math.Min(bucket, length);
            }
        }

        // Host names have no case, names of buckets that work as a host are lower-case.
        return bucket == 0 ? null : host[..bucket].ToString().ToLowerInvariant();
    }
}
