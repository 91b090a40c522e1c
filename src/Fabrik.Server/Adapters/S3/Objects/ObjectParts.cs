using System.Globalization;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.S3.Objects;

/// <summary>
/// <c>partNumber</c> of a GET: where a part lies in its object. Known where all parts but the last had one size, as
/// clients make them; else, and for what came in one piece, the object is one part.
/// </summary>
internal static class ObjectParts
{
    /// <summary>The range of a part, and the count of parts in a header.</summary>
    public static RangeKind RangeOf(ArtifactInfo info, string partNumber, HttpResponse response, out ByteRange range)
    {
        range = new ByteRange(0, info.Size);
        var isNumber = int.TryParse(partNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var isCut = long.TryParse(
            info.Metadata.Find(ObjectMetadata.PartSize), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && size > 0;
        var count = isCut ? (info.Size + size - 1) / size : 1;
        if (!isNumber || number < 1 || number > count)
        {
            return RangeKind.Unsatisfiable;
        }

        if (isCut)
        {
            response.Headers["x-amz-mp-parts-count"] = count.ToString(CultureInfo.InvariantCulture);
            var offset = (number - 1) * size;
            range = new ByteRange(offset, Math.Min(size, info.Size - offset));
        }

        return info.Size == 0 ? RangeKind.Whole : RangeKind.Part;
    }
}
