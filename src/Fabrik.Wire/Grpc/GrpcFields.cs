namespace Fabrik.Wire.Grpc;

/// <summary>The names of the protocol's own fields (gRPC over HTTP/2), and which of them are no metadata.</summary>
public static class GrpcFields
{
    /// <summary>What bodies are, before a suffix such as <c>+proto</c>.</summary>
    public const string ContentType = "application/grpc";

    /// <summary>How long the client waits; see <see cref="GrpcTimeout"/>.</summary>
    public const string Timeout = "grpc-timeout";

    /// <summary>How messages with the compressed flag are encoded; see <see cref="MessageEncoding"/>.</summary>
    public const string Encoding = "grpc-encoding";

    /// <summary>The encodings that the sender of the field understands.</summary>
    public const string AcceptEncoding = "grpc-accept-encoding";

    /// <summary>The number of the <see cref="StatusCode"/>.</summary>
    public const string Status = "grpc-status";

    /// <summary>The status's detail; see <see cref="StatusMessage"/>.</summary>
    public const string Message = "grpc-message";

    /// <summary>The whole status as a message; see <see cref="StatusDetails"/>.</summary>
    public const string StatusDetails = "grpc-status-details-bin";

    /// <summary>
    /// Whether a field belongs to HTTP or to the protocol, so that it is no metadata that applications see or send.
    /// <c>grpc-status-details-bin</c> is metadata, as everywhere.
    /// </summary>
    public static bool IsReserved(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith(':')
            || (name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
                && !name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
            || IsHttps(name);
    }

    /// <summary>Whether a content type is that of gRPC with protobuf messages, whatever its parameters.</summary>
    public static bool IsContentType(string? value)
    {
        if (value is null || !value.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = value.AsSpan(ContentType.Length);
        rest = rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase) ? rest["+proto".Length..] : rest;
        rest = rest.TrimStart(' ');
        return rest.IsEmpty || rest[0] == ';';
    }

    private static bool IsHttps(string name) => name.Length switch
    {
        2 => Is(name, "te"),
        4 => Is(name, "host"),
        7 => Is(name, "trailer") || Is(name, "upgrade"),
        10 => Is(name, "connection") || Is(name, "keep-alive"),
        12 => Is(name, "content-type"),
        14 => Is(name, "content-length"),
        15 => Is(name, "accept-encoding"),
        17 => Is(name, "transfer-encoding"),
        _ => false,
    };

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
