using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>An operator who has keys copied, by HTTP.</summary>
/// <param name="proxy">The proxy.</param>
/// <param name="token">What is shown; null for nothing.</param>
internal sealed class WarmingClient(MemcachedProxyServer proxy, string? token) : IDisposable
{
    private const string Path = "api/v1/memcached/warm";

    private readonly HttpClient _http = new() { BaseAddress = proxy.Operators };

    /// <summary>Asks for a job, or for what cannot be one.</summary>
    public Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(string json) =>
        SendAsync(HttpMethod.Post, Path, json);

    /// <summary>Asks for a job that is taken.</summary>
    /// <returns>Its number.</returns>
    public async Task<long> BeginAsync(string json)
    {
        var (status, answer) = await PostAsync(json);
        Assert.True(status == HttpStatusCode.Accepted, $"{status}: {answer}");
        return answer.GetProperty("id").GetInt64();
    }

    /// <summary>How a job does; all of them without a number.</summary>
    public Task<(HttpStatusCode Status, JsonElement Answer)> ShowAsync(long? id = null) =>
        SendAsync(HttpMethod.Get, id is null ? Path : $"{Path}/{id}");

    public Task<(HttpStatusCode Status, JsonElement Answer)> CancelAsync(long id) =>
        SendAsync(HttpMethod.Delete, $"{Path}/{id}");

    /// <summary>Waits until a job has come so far.</summary>
    public async Task<JsonElement> WaitAsync(long id, Func<JsonElement, bool> condition)
    {
        JsonElement job = default;
        await Poll.UntilAsync(
            async () => condition(job = (await ShowAsync(id)).Answer), () => $"it does not come so far: {job}");
        return job;
    }

    /// <summary>Waits until a job is in a state: <c>done</c>, <c>cancelled</c>, <c>failed</c>.</summary>
    public Task<JsonElement> WaitAsync(long id, string state) => WaitAsync(
        id, job => job.GetProperty("state").GetString() is not "running" and { } found
            && (found == state ? true : throw new InvalidOperationException(job.ToString())));

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(
        HttpMethod method, string path, string? json = null)
    {
        using HttpRequestMessage request = new(method, path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        using var document = JsonDocument.Parse(body.Length == 0 ? "{}" : body);
        return (answer.StatusCode, document.RootElement.Clone());
    }
}
