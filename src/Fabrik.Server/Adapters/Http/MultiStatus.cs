using System.Globalization;
using System.Text;
using System.Xml;
using Fabrik.Cache.Artifacts;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Http;

/// <summary>The answer to a PROPFIND of depth 0: one resource and what is known of it (RFC 4918, section 13).</summary>
internal static class MultiStatus
{
    private const string Dav = "DAV:";

    private static readonly XmlWriterSettings Settings = new() { Encoding = new UTF8Encoding(false) };

    /// <summary>Sends it, for an artifact or, with <see langword="null"/>, for a collection.</summary>
    public static async ValueTask SendAsync(HttpContext http, ArtifactInfo? info, DateTimeOffset modifiedAt)
    {
        var body = Write(http.Request.Path.ToUriComponent(), info, modifiedAt);
        http.Response.StatusCode = StatusCodes.Status207MultiStatus;
        http.Response.ContentType = "application/xml; charset=utf-8";
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    private static byte[] Write(string href, ArtifactInfo? info, DateTimeOffset modifiedAt)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, Settings))
        {
            xml.WriteStartElement("D", "multistatus", Dav);
            xml.WriteStartElement("response", Dav);
            xml.WriteElementString("href", Dav, href);
            xml.WriteStartElement("propstat", Dav);
            xml.WriteStartElement("prop", Dav);
            xml.WriteElementString(
                "getlastmodified", Dav, modifiedAt.UtcDateTime.ToString("R", CultureInfo.InvariantCulture));
            xml.WriteStartElement("resourcetype", Dav);
            if (info is null)
            {
                xml.WriteElementString("collection", Dav, null);
            }

            xml.WriteEndElement();
            if (info is not null)
            {
                xml.WriteElementString("getcontentlength", Dav, info.Size.ToString(CultureInfo.InvariantCulture));
                xml.WriteElementString("getcontenttype", Dav, "application/octet-stream");
                xml.WriteElementString("getetag", Dav, $"\"{info.Digest}\"");
            }

            xml.WriteEndElement();
            xml.WriteElementString("status", Dav, "HTTP/1.1 200 OK");
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return buffer.ToArray();
    }
}
