using Fabrik.Wire.Http;

namespace Fabrik.Proxies.Origins;

/// <summary>An answer of an origin. Who has it disposes of it, unless the body was handed on.</summary>
internal sealed class OriginResponse : IAsyncDisposable
{
    private OriginBody? _body;

    /// <summary>An answer with its body.</summary>
    public OriginResponse(OriginBody body) => _body = body;

    /// <summary>The final status.</summary>
    public required int Status { get; init; }

    /// <summary>All end-to-end headers, in the origin's own words.</summary>
    public required IReadOnlyList<HeaderField> Headers { get; init; }

    /// <summary>Bytes of the body, where it says so.</summary>
    public required long? Length { get; init; }

    /// <summary>When the request was sent.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When the head of the answer was there.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Who answered.</summary>
    public required string Replica { get; init; }

    /// <summary>The code of an S3 error document (<c>NoSuchKey</c>); null where there was none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What the answer means for the health of the origin, where it is a failure: a 5xx, a 429.</summary>
    public OriginFault? Fault { get; init; }

    /// <summary>The body.</summary>
    public OriginBody Body => _body ?? throw new InvalidOperationException("the body was handed on");

    /// <summary>Hands the body on: it is the caller's now.</summary>
    public OriginBody TakeBody()
    {
        var body = Body;
        _body = null;
        return body;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _body?.DisposeAsync() ?? ValueTask.CompletedTask;
}
