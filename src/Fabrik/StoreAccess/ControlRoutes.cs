using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fabrik.Cache;
using Fabrik.Cache.Local;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.StoreAccess;

/// <summary>
/// The other end of <see cref="RemoteStore"/>: HTTP on a socket file that only this user may open. <c>GET
/// /statistics</c>,
/// <c>POST /list</c> and <c>POST /verify</c> (JSON lines), <c>POST /clean</c>. Both ends are one binary's, but not
/// always of one version: members that are not known are ignored.
/// </summary>
internal static class ControlRoutes
{
    private static ReadOnlySpan<byte> LineEnd => "\n"u8;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, IStoreAccess store)
    {
        routes.MapMethods("/statistics", ["GET"], (RequestDelegate)(async context =>
            await AnswerAsync(
                context, await store.StatisticsAsync(context.RequestAborted), StoreJson.Default.StoreStatistics)));
        routes.MapMethods("/clean", ["POST"], (RequestDelegate)(context => CleanAsync(context, store)));
        routes.MapMethods("/list", ["POST"], (RequestDelegate)(context => ListAsync(context, store)));
        routes.MapMethods("/verify", ["POST"], (RequestDelegate)(context => VerifyAsync(context, store)));
    }

    private static async Task CleanAsync(HttpContext context, IStoreAccess store)
    {
        CleanRequest? request = await JsonSerializer.DeserializeAsync(
            context.Request.Body, StoreJson.Default.CleanRequest, context.RequestAborted);
        await AnswerAsync(
            context,
            await store.CleanAsync(request ?? new CleanRequest(), context.RequestAborted),
            StoreJson.Default.CleanReport);
    }

    private static async Task ListAsync(HttpContext context, IStoreAccess store)
    {
        EntryFilter? filter = await JsonSerializer.DeserializeAsync(
            context.Request.Body, StoreJson.Default.EntryFilter, context.RequestAborted);
        await foreach (StoreEntry entry in store.ListAsync(filter ?? new EntryFilter(), context.RequestAborted))
        {
            await WriteLineAsync(context, entry, StoreJson.Default.StoreEntry);
        }
    }

    private static async Task VerifyAsync(HttpContext context, IStoreAccess store)
    {
        // The verification and the connection run at their own pace: a step that nobody has read yet is overtaken.
        LatestProgress progress = new();
        Task<CacheResult<VerifyReport>> verification = store.VerifyAsync(progress, context.RequestAborted).AsTask();
        while (!verification.IsCompleted)
        {
            await Task.WhenAny(verification, Task.Delay(LatestProgress.Interval, context.RequestAborted));
            await WriteLineAsync(context, new VerifyStep(progress.Latest), StoreJson.Default.VerifyStep);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }

        if ((await verification).TryGet(out VerifyReport? report, out CacheError? error))
        {
            await WriteLineAsync(context, new VerifyStep(progress.Latest, report), StoreJson.Default.VerifyStep);
        }
        else
        {
            await WriteLineAsync(context, new StoreFault(error.Kind, error.Message), StoreJson.Default.StoreFault);
        }
    }

    /// <summary>Answers with a document, or with the failure.</summary>
    public static async Task AnswerAsync<T>(HttpContext context, CacheResult<T> result, JsonTypeInfo<T> type)
    {
        if (result.TryGet(out T? value, out CacheError? error))
        {
            await JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        StoreFault fault = new(error.Kind, error.Message);
        await JsonSerializer.SerializeAsync(
            context.Response.Body, fault, StoreJson.Default.StoreFault, context.RequestAborted);
    }

    private static async Task WriteLineAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, value, type, context.RequestAborted);
        await context.Response.BodyWriter.WriteAsync(LineEnd.ToArray(), context.RequestAborted);
    }

    private sealed class LatestProgress : IProgress<VerifyProgress>
    {
        public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

        private readonly Lock _gate = new();
        private VerifyProgress _latest;

        public VerifyProgress Latest
        {
            get
            {
                lock (_gate)
                {
                    return _latest;
                }
            }
        }

        public void Report(VerifyProgress value)
        {
            lock (_gate)
            {
                _latest = value;
            }
        }
    }
}
