using System.Runtime.CompilerServices;
using System.Xml;
using Fabrik.Proxies.Origins;
using Fabrik.Wire.S3;

namespace Fabrik.Proxies.Admin;

/// <summary>The keys of an object store that begin alike, in pages as they are asked for (ListObjectsV2).</summary>
internal sealed class BucketListing(Origin origin)
{
    // A thousand keys of 1,024 bytes, each three times as long in its encoding.
    private const int MaxPageBytes = 8 << 20;

    // Ten million keys: an origin that repeats itself does not keep a job going for ever.
    private const int MaxPages = 10_000;

    /// <summary>The keys.</summary>
    /// <exception cref="IOException">The origin does not list.</exception>
    public async IAsyncEnumerable<string> KeysAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        string? token = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var query = $"/?list-type=2&encoding-type=url&prefix={S3Uri.EncodeQuery(prefix)}"
                + (token is null ? "" : $"&continuation-token={S3Uri.EncodeQuery(token)}");
            var (keys, next) = Read(await FetchAsync(query, ct));
            foreach (var key in keys)
            {
                yield return key;
            }

            if (next is null)
            {
                yield break;
            }

            token = next;
        }

        throw new IOException($"the origin lists more than {MaxPages} pages of keys");
    }

    private async Task<MemoryStream> FetchAsync(string target, CancellationToken ct)
    {
        var sent = await origin.SendAsync(new OriginRequest { Method = "GET", Target = target }, ct);
        if (!sent.TryGet(out var response, out var fault))
        {
            throw new IOException(fault.Message);
        }

        await using (response)
        {
            if (response.Status != 200)
            {
                throw new IOException($"the origin does not list: it answered {response.Status} {response.ErrorCode}");
            }

            MemoryStream page = new();
            var buffer = new byte[64 * 1024];
            while (true)
            {
                var read = await response.Body.ReadAsync(buffer, ct);
                if (!read.TryGet(out var count, out var broken))
                {
                    throw new IOException(broken.Message);
                }

                if (count == 0)
                {
                    page.Position = 0;
                    return page;
                }

                page.Write(buffer, 0, count);
                if (page.Length > MaxPageBytes)
                {
                    throw new IOException("the origin's list is longer than a thousand keys can be");
                }
            }
        }
    }

    private static (List<string> Keys, string? Next) Read(MemoryStream page)
    {
        List<string> keys = [];
        string? next = null;
        try
        {
            XmlReaderSettings settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var xml = XmlReader.Create(page, settings);
            while (xml.Read())
            {
                // The text is read from inside its element: what follows must not be skipped.
                var isText = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
                if (isText && xml is { LocalName: "Key" } && xml.Read())
                {
                    keys.Add(S3Uri.TryDecode(xml.Value, plusIsSpace: true, out var key) ? key : xml.Value);
                }
                else if (isText && xml is { LocalName: "NextContinuationToken" } && xml.Read())
                {
                    next = xml.Value;
                }
            }
        }
        catch (XmlException error)
        {
            throw new IOException("the origin's list is not XML", error);
        }

        return (keys, next);
    }
}
