namespace Fabrik.Wire.Grpc;

/// <summary>Which side of a call sends how many messages.</summary>
public enum MethodType
{
    /// <summary>One request, one response.</summary>
    Unary,

    /// <summary>Any number of requests, one response.</summary>
    ClientStreaming,

    /// <summary>One request, any number of responses.</summary>
    ServerStreaming,

    /// <summary>Any number of both, independent of each other.</summary>
    DuplexStreaming,
}
