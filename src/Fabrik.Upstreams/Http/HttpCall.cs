using System.Net.Http.Headers;

namespace Fabrik.Upstreams.Http;

/// <summary>One request, as often as redirects make it necessary to send it.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Uri">Its first target.</param>
internal sealed record HttpCall(HttpMethod Method, Uri Uri)
{
    /// <summary>The part that is wanted.</summary>
    public RangeHeaderValue? Range { get; init; }

    /// <summary>Whether it may only create (<c>If-None-Match: *</c>).</summary>
    public bool IfAbsent { get; init; }

    /// <summary>What is sent, whole.</summary>
    public UploadSource? Upload { get; init; }

    /// <summary>Whether the body waits until the server agrees to it.</summary>
    public bool Announce { get; init; }

    /// <summary>Reads have nothing that could be lost on the way to another target.</summary>
    public bool IsRead => Method == HttpMethod.Get || Method == HttpMethod.Head;

    /// <summary>The message to one target.</summary>
    public HttpRequestMessage ToMessage(Uri target)
    {
        var message = HttpLink.Request(Method, target);
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        message.Headers.Range = Range;
        if (IfAbsent)
        {
            message.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        }

        if (Upload is not null)
        {
            message.Content = new UploadContent(Upload, Upload.Length);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            message.Headers.ExpectContinue = Announce;
        }

        return message;
    }
}
