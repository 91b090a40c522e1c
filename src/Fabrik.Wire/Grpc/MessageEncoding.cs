namespace Fabrik.Wire.Grpc;

/// <summary>
/// The encodings of messages: <c>grpc-encoding</c> and <c>grpc-accept-encoding</c> (gRPC "Compression").
/// </summary>
public static class MessageEncoding
{
    /// <summary>As it is.</summary>
    public const string Identity = "identity";

    /// <summary>RFC 1952, one member for each message.</summary>
    public const string Gzip = "gzip";

    /// <summary>What <c>grpc-accept-encoding</c> says of this side.</summary>
    public const string Accepted = $"{Identity},{Gzip}";

    /// <summary>Whether a list of <c>grpc-accept-encoding</c> has an encoding.</summary>
    public static bool IsIn(ReadOnlySpan<char> list, string encoding)
    {
        foreach (var part in list.Split(','))
        {
            if (list[part].Trim(' ').Equals(encoding, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    internal static bool IsIdentity(string? encoding) =>
        string.IsNullOrEmpty(encoding) || encoding.Equals(Identity, StringComparison.OrdinalIgnoreCase);

    internal static bool IsGzip(string? encoding) => Gzip.Equals(encoding, StringComparison.OrdinalIgnoreCase);
}
