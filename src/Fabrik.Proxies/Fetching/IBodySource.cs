using Fabrik.Proxies.Origins;

namespace Fabrik.Proxies.Fetching;

/// <summary>Where the parts of one body come from: an origin, or a test's script.</summary>
internal interface IBodySource
{
    /// <summary>
    /// Opens the bytes from <paramref name="offset"/> to before <paramref name="end"/> of the representation that the
    /// body began with; a representation that is another by now is <see cref="OriginFaultKind.Changed"/>.
    /// </summary>
    ValueTask<OriginResult<OriginBody>> OpenAsync(long offset, long end, CancellationToken cancellationToken);
}
