using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Admin;

/// <summary>
/// The routes of jobs that operators begin: <c>GET</c> of the path lists them, <c>GET</c> and <c>DELETE</c> of
/// <c>{path}/{id}</c> show and cancel one. What begins one answers with <see cref="AcceptAsync"/>.
/// </summary>
/// <param name="path">Their path.</param>
/// <typeparam name="TJob">What a job is.</typeparam>
public abstract class JobRoutes<TJob>(string path)
    where TJob : class
{
    /// <summary>The jobs, in the order in which they are listed.</summary>
    protected abstract IEnumerable<TJob> Jobs { get; }

    /// <summary>Maps the routes.</summary>
    public void Map(OperatorDoor door)
    {
        door.Map("GET", path, http => AdminJson.SendAsync(http, StatusCodes.Status200OK, WriteJobs));
        door.Map("GET", $"{path}/{{id:long}}", ShowAsync);
        door.Map("DELETE", $"{path}/{{id:long}}", CancelAsync);
    }

    /// <summary>Tells the client of a job that has begun, and where it is shown.</summary>
    public Task AcceptAsync(HttpContext http, TJob job)
    {
        http.Response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"{path}/{IdOf(job)}");
        return AdminJson.SendAsync(http, StatusCodes.Status202Accepted, json => Write(json, job));
    }

    /// <summary>One of them; null for one that is forgotten, or never was.</summary>
    protected abstract TJob? Find(long id);

    /// <summary>The number of a job.</summary>
    protected abstract long IdOf(TJob job);

    /// <summary>Ends a job.</summary>
    protected abstract Task CancelAsync(TJob job);

    /// <summary>Writes the members of a job's object.</summary>
    protected abstract void Write(Utf8JsonWriter json, TJob job);

    private Task ShowAsync(HttpContext http) => JobOf(http) is { } job
        ? AdminJson.SendAsync(http, StatusCodes.Status200OK, json => Write(json, job))
        : NotThereAsync(http);

    private async Task CancelAsync(HttpContext http)
    {
        if (JobOf(http) is not { } job)
        {
            await NotThereAsync(http);
            return;
        }

        await CancelAsync(job);
        await AdminJson.SendAsync(http, StatusCodes.Status202Accepted, json => Write(json, job));
    }

    private static Task NotThereAsync(HttpContext http) =>
        AdminJson.FailAsync(http, StatusCodes.Status404NotFound, "there is no such job");

    private TJob? JobOf(HttpContext http) =>
        long.TryParse((string?)http.GetRouteValue("id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? Find(id)
            : null;

    private void WriteJobs(Utf8JsonWriter json)
    {
        json.WriteStartArray("jobs"u8);
        foreach (var job in Jobs)
        {
            json.WriteStartObject();
            Write(json, job);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
