using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Fabrik.EndToEndTests.Proxies;

/// <summary>An origin in the test with one large object under every path, made up while it is sent.</summary>
internal sealed class PatternOrigin : IAsyncDisposable
{
    private const int BlockSize = 1 << 16;

    private static readonly byte[] Block = MakeBlock();

    private readonly WebApplication _app;
    private readonly int _blocks;

    private PatternOrigin(int blocks)
    {
        _blocks = blocks;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>Starts one.</summary>
    /// <param name="size">The object's size; a multiple of 64 KiB.</param>
    public static async Task<PatternOrigin> StartAsync(long size)
    {
        PatternOrigin origin = new((int)(size / BlockSize));
        await origin._app.StartAsync();
        return origin;
    }

    /// <summary>Reads what should be the object; tells how much of it was right.</summary>
    public static async Task<long> CountAsync(Stream stream)
    {
        var buffer = new byte[BlockSize];
        long count = 0;
        while (await stream.ReadAtLeastAsync(buffer, BlockSize, throwOnEndOfStream: false) is var read and > 0)
        {
            if (!buffer.AsSpan(0, read).SequenceEqual(Block.AsSpan(0, read)))
            {
                return count;
            }

            count += read;
        }

        return count;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static byte[] MakeBlock()
    {
        var block = new byte[BlockSize];
        new Random(1).NextBytes(block);
        return block;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ETag = "\"large\"";
        response.Headers.CacheControl = "max-age=3600";
        var size = (long)_blocks * BlockSize;
        var (first, end) = (0L, size);
        if (request.GetTypedHeaders().Range?.Ranges.Single() is { From: { } from } range)
        {
            (first, end) = (from, Math.Min(size, (range.To ?? size) + 1));
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.GetTypedHeaders().ContentRange = new ContentRangeHeaderValue(first, end - 1, size);
        }

        response.ContentLength = end - first;
        while (first < end && !HttpMethods.IsHead(request.Method))
        {
            var within = (int)(first % BlockSize);
            var count = (int)Math.Min(BlockSize - within, end - first);
            await response.Body.WriteAsync(Block.AsMemory(within, count), context.RequestAborted);
            first += count;
        }
    }
}
