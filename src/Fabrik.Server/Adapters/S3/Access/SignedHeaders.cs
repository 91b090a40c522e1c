using Fabrik.Wire.S3.Signing;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.S3.Access;

/// <summary>The headers of a request as its signature sees them.</summary>
internal sealed class SignedHeaders(IHeaderDictionary headers) : IRequestHeaders
{
    /// <inheritdoc/>
    public IEnumerable<string> Names => headers.Keys;

    /// <inheritdoc/>
    public HeaderValues Get(string name) => !headers.TryGetValue(name, out var values) ? default
        : values.Count == 1 ? new HeaderValues(values[0])
        : new HeaderValues(values.ToArray());
}
