using System.Text.Json;
using Fabrik.Memcached.Warming;
using Fabrik.Server.Admin;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Composition.Memcached;

/// <summary>
/// <c>/api/v1/memcached/warm</c>: <c>POST</c> begins a job, <c>GET</c> lists them; <c>GET</c> and <c>DELETE</c> of
/// <c>warm/{id}</c> show and cancel one. For operators: where tokens are required, with <c>admin</c>.
/// </summary>
/// <param name="warming">Copies keys.</param>
/// <param name="operators">Decides who may ask.</param>
internal sealed class WarmingRoutes(WarmingService warming, IRequestAuthenticator operators)
    : JobRoutes<WarmingJob>(Root)
{
    private const string Root = "/api/v1/memcached/warm";

    /// <inheritdoc/>
    protected override IEnumerable<WarmingJob> Jobs => warming.Jobs;

    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        OperatorDoor door = new(routes, operators);
        door.Map("POST", Root, BeginAsync);
        Map(door);
    }

    /// <inheritdoc/>
    protected override WarmingJob? Find(long id) => warming.Find(id);

    /// <inheritdoc/>
    protected override long IdOf(WarmingJob job) => job.Id;

    /// <inheritdoc/>
    protected override Task CancelAsync(WarmingJob job) => job.CancelAsync();

    /// <inheritdoc/>
    protected override void Write(Utf8JsonWriter json, WarmingJob job)
    {
        json.WriteNumber("id"u8, job.Id);
        json.WriteString("from"u8, job.Request.From);
        json.WriteString("to"u8, job.Request.To);
        json.WriteString("state"u8, job.State);
        if (job.Problem.Length > 0)
        {
            json.WriteString("problem"u8, job.Problem);
        }

        json.WriteNumber("found"u8, job.Found);
        json.WriteNumber("copied"u8, job.Copied);
        json.WriteNumber("kept"u8, job.Kept);
        json.WriteNumber("missing"u8, job.Missing);
        json.WriteNumber("failed"u8, job.Failed);
        json.WriteNumber("bytes"u8, job.Bytes);
        json.WriteNumber("elapsed_seconds"u8, Math.Round(job.Elapsed.TotalSeconds, 3));
        if (job.Remaining is { } remaining)
        {
            json.WriteNumber("remaining_seconds"u8, Math.Round(remaining.TotalSeconds, 3));
        }
        else
        {
            json.WriteNull("remaining_seconds"u8);
        }
    }

    private async Task BeginAsync(HttpContext http)
    {
        if (await AdminJson.ReadAsync<WarmingRequest>(http, WarmingRequest.TryRead) is not { } request)
        {
            return;
        }

        string? unknown = !warming.HasBackend(request.From) ? request.From
            : !warming.HasBackend(request.To) ? request.To
            : null;
        if (unknown is not null)
        {
            await AdminJson.FailAsync(http, StatusCodes.Status404NotFound, $"there is no backend \"{unknown}\"");
            return;
        }

        if (request.IsMetadump && !warming.TellsKeys(request.From))
        {
            const string Problem = "\"metadump\": expected a pool of servers as \"from\", which can tell their keys";
            await AdminJson.FailAsync(http, StatusCodes.Status400BadRequest, $"{Problem}; found \"{request.From}\"");
            return;
        }

        if (warming.Begin(request) is not { } job)
        {
            string full = $"{WarmingService.MaxRunning} jobs run already";
            await AdminJson.FailAsync(http, StatusCodes.Status429TooManyRequests, full);
            return;
        }

        await AcceptAsync(http, job);
    }
}
