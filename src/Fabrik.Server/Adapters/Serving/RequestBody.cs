using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>Ways to take in a request's body other than storing it.</summary>
internal static class RequestBody
{
    /// <summary>Reads and forgets the body, until its end or at least <paramref name="max"/> bytes.</summary>
    /// <returns>Whether nothing more can come: the body ended, or its sender went away.</returns>
    public static async ValueTask<bool> DiscardAsync(HttpRequest request, long max, CancellationToken cancellationToken)
    {
        try
        {
            var reader = request.BodyReader;
            while (max > 0)
            {
                var read = await reader.ReadAsync(cancellationToken);
                max -= read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                {
                    return true;
                }
            }

            return false;
        }
        catch (Exception gone) when (gone is IOException
            || (gone is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Broken off by the sender, or by the server's own end, of which Kestrel tells before it cancels anything.
            // The answer will find out by itself that nobody is there.
            return true;
        }
    }

    /// <summary>Reads a small document whole.</summary>
    /// <returns>The bytes, or <see langword="null"/> when there are more than <paramref name="max"/>.</returns>
    public static ValueTask<byte[]?> ReadAsync(HttpRequest request, int max, CancellationToken cancellationToken) =>
        request.ContentLength > max
            ? ValueTask.FromResult<byte[]?>(null)
            : ReadAsync(request.BodyReader, max, cancellationToken);

    /// <summary>The same from a reader of the body.</summary>
    public static async ValueTask<byte[]?> ReadAsync(PipeReader reader, int max, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > max)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
