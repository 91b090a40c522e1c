using Amazon.S3.Model;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.S3;

/// <summary>An answer that is being read; disposing of it ends the request.</summary>
internal sealed class S3Body : ObjectBody
{
    private readonly GetObjectResponse _response;

    public S3Body(GetObjectResponse response)
        : base(response.ResponseStream, response.ContentLength)
    {
        _response = response;
        Tag = response.ETag is { Length: > 0 } tag && !tag.StartsWith("W/", StringComparison.Ordinal) ? tag : null;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>What there is behind the end of an object.</summary>
internal sealed class EmptyBody() : ObjectBody(Stream.Null, 0)
{
    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
