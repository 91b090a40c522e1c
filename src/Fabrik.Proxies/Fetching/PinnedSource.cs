using System.Globalization;
using Fabrik.Proxies.Origins;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Fetching;

/// <summary>
/// Parts of one representation from its origin: each request says which by <c>If-Match</c>, and each answer has to be
/// of that one, so that bytes of two are never mixed (RFC 9111, section 3.4).
/// </summary>
/// <param name="Origin">Whom to ask.</param>
/// <param name="Target">What for.</param>
/// <param name="Fields">What else is sent.</param>
/// <param name="Pin">The strong entity tag; null where parts cannot be had.</param>
/// <param name="Size">Bytes of the whole.</param>
internal sealed record PinnedSource(
    Origin Origin, string Target, IReadOnlyList<HeaderField> Fields, string? Pin, long Size) : IBodySource
{
    /// <inheritdoc/>
    public async ValueTask<OriginResult<OriginBody>> OpenAsync(
        long offset, long end, CancellationToken cancellationToken)
    {
        if (Pin is null)
        {
            return new OriginFault(
                OriginFaultKind.Changed, "the body has no strong entity tag to fetch parts of it by");
        }

        var range = string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-{end - 1}");
        var request = new OriginRequest
        {
            Method = "GET",
            Target = Target,
            Headers = [.. Fields, new HeaderField("Range", range), new HeaderField("If-Match", Pin)],
        };
        var sent = await Origin.SendAsync(request, cancellationToken);
        if (!sent.TryGet(out var response, out var fault))
        {
            return fault;
        }

        await using (response)
        {
            return Check(response, offset) is { } wrong ? wrong : response.TakeBody();
        }
    }

    private OriginFault? Check(OriginResponse response, long offset)
    {
        if (response.Fault is { } fault)
        {
            return fault;
        }

        var isSame = response.Headers.First("ETag") is { } tag && tag.AsSpan().Trim().SequenceEqual(Pin);
        switch (response.Status)
        {
            case 206 when isSame && PartialContent.TryReadPart(response.Headers, out var part):
                return part.Range.Offset == offset && part.Size == Size ? null : Malformed(response);
            case 200 when isSame && offset == 0:
                return null;
            case 200 when isSame:
                return Malformed(response);
            case 200 or 206 or 404 or 410 or 412 or 416:
                return new OriginFault(
                    OriginFaultKind.Changed, $"{response.Replica} has another representation than {Pin} by now");
            default:
                return Malformed(response);
        }
    }

    private static OriginFault Malformed(OriginResponse response) => new(
        OriginFaultKind.Malformed, $"{response.Replica} answered {response.Status} to a part, but not with that part");
}
