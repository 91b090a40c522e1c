using System.Globalization;

namespace Fabrik.Wire.Http.Caching;

/// <summary>Parts and wholes of one representation: RFC 9111, section 3.4, and RFC 9110, section 15.3.7.3.</summary>
public static class PartialContent
{
    /// <summary>
    /// Whether two responses are of the same representation to the byte, so that parts of them go together: they share
    /// a strong validator. A tag on one side only is no proof.
    /// </summary>
    public static bool MayCombine(in Validators one, in Validators other) =>
        one.EntityTag is not null || other.EntityTag is not null
            ? one.HasStrongTag && one.EntityTag == other.EntityTag
            : one.HasStrongDate && other.HasStrongDate && one.Modified == other.Modified;

    /// <summary>
    /// The <c>If-Range</c> that makes the origin send the whole rather than a part of something newer; null when there
    /// is no strong validator, and then no part may be asked for to complete another.
    /// </summary>
    public static string? IfRangeOf(in Validators stored) =>
        stored.HasStrongTag ? stored.EntityTag
        : stored.EntityTag is null && stored.HasStrongDate ? stored.LastModified
        : null;

    /// <summary>
    /// The part that a 206 has, if it is one part in bytes that is as long as it claims; a 206 that is not cannot be
    /// filed.
    /// </summary>
    public static bool TryReadPart(IReadOnlyList<HeaderField> headers, out ContentRange part)
    {
        part = default;
        return headers.CountOf("Content-Range") == 1
            && ContentRange.TryParse(headers.First("Content-Range"), out part)
            && (headers.First("Content-Length") is not { } length
                || length == part.Range.Length.ToString(CultureInfo.InvariantCulture));
    }
}
