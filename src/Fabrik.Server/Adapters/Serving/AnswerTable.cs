using System.Text;
using Fabrik.Cache;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>
/// One protocol's words for everything that can happen but a hit. Each adapter has one table, and the statuses in it
/// are those that keep that tool going: the reasons stand beside each table.
/// </summary>
internal sealed record AnswerTable
{
    /// <summary>There is no such artifact.</summary>
    public required Answer Miss { get; init; }

    /// <summary>The artifact is stored.</summary>
    public required Answer Stored { get; init; }

    /// <summary>The same bytes were there already.</summary>
    public required Answer Identical { get; init; }

    /// <summary>Other bytes are there, and stay.</summary>
    public required Answer Kept { get; init; }

    /// <summary>There is no token, or not a good one.</summary>
    public required Answer Unauthenticated { get; init; }

    /// <summary>The token may not read.</summary>
    public required Answer ReadForbidden { get; init; }

    /// <summary>The token may not write.</summary>
    public required Answer WriteForbidden { get; init; }

    /// <summary>A read asks for something that is no key of this protocol.</summary>
    public required Answer BadReadKey { get; init; }

    /// <summary>A write is for something that is no key of this protocol.</summary>
    public required Answer BadWriteKey { get; init; }

    /// <summary>The cache failed while reading.</summary>
    public required Func<CacheErrorKind, Answer> ReadFault { get; init; }

    /// <summary>The cache failed while writing, or the request was at fault.</summary>
    public required Func<CacheErrorKind, Answer> WriteFault { get; init; }

    /// <summary>A condition of the request does not hold; tools that send none never see it.</summary>
    public Answer ConditionFailed { get; init; } = new(412, "the artifact that is there is not the expected one");

    /// <summary>The type of <see cref="Body"/>.</summary>
    public string ContentType { get; init; } = "text/plain; charset=utf-8";

    /// <summary>Puts an answer to a request, with its whole message, into this protocol's form.</summary>
    public Func<HttpRequest, Answer, string, byte[]> Body { get; init; } =
        static (_, _, message) => Encoding.UTF8.GetBytes(message);

    /// <summary>Sends an answer, with a sentence on this very request behind its message.</summary>
    public Task SendAsync(HttpResponse response, Answer answer, string? detail = null)
    {
        response.StatusCode = answer.Status;
        if (answer.Message.Length == 0)
        {
            // 204 and 304 have no length; everything else says that there is no body.
            response.ContentLength = answer.Status is StatusCodes.Status204NoContent ? null : 0;
            return Task.CompletedTask;
        }

        var message = detail is null ? answer.Message : $"{answer.Message}: {detail}";
        var body = Body(response.HttpContext.Request, answer, message);
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(response.HttpContext.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(body).AsTask();
    }
}
