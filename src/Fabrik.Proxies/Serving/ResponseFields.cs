using Fabrik.Proxies.Storage;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>Headers of the origin in answers to clients.</summary>
internal static class ResponseFields
{
    /// <summary>Writes them, but for those that this proxy writes itself.</summary>
    public static void Write(HttpResponse response, IReadOnlyList<HeaderField> fields)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            if (PreparedHead.IsSent(field))
            {
                response.Headers.Append(field.Name, field.Value);
            }
        }
    }
}
