using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Bazel.Http;

/// <summary>What a body went through before it was sent.</summary>
internal enum Coding
{
    /// <summary>Nothing.</summary>
    Identity,

    /// <summary>zstd frames (RFC 8878).</summary>
    Zstd,

    /// <summary>Something that cannot be undone here.</summary>
    Unknown,
}

/// <summary>The codings that bodies come in.</summary>
internal static class ContentCoding
{
    /// <summary>What <c>Content-Encoding</c> says.</summary>
    public static Coding Of(HttpRequest request) => request.Headers.ContentEncoding switch
    {
        [] => Coding.Identity,
        [{ } one] when one.Equals("identity", StringComparison.OrdinalIgnoreCase) => Coding.Identity,
        [{ } one] when one.Equals("zstd", StringComparison.OrdinalIgnoreCase) => Coding.Zstd,
        _ => Coding.Unknown,
    };
}
