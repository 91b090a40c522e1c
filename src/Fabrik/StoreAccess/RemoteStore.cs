using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Fabrik.Cache;
using Fabrik.Cache.Local;

namespace Fabrik.StoreAccess;

/// <summary>A store that another process of this user holds, over the socket file in its folder.</summary>
internal sealed class RemoteStore(string socketPath) : IStoreAccess
{
    private readonly ControlClient _client = new(socketPath);

    public ValueTask<CacheResult<StoreStatistics>> StatisticsAsync(CancellationToken cancellationToken) =>
        _client.AskAsync(
            new HttpRequestMessage(HttpMethod.Get, "/statistics"),
            StoreJson.Default.StoreStatistics,
            cancellationToken);

    public ValueTask<CacheResult<CleanReport>> CleanAsync(
        CleanRequest request, CancellationToken cancellationToken) =>
        _client.AskAsync(
            ControlClient.Post("/clean", request, StoreJson.Default.CleanRequest),
            StoreJson.Default.CleanReport,
            cancellationToken);

    public async IAsyncEnumerable<StoreEntry> ListAsync(
        EntryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = ControlClient.Post("/list", filter, StoreJson.Default.EntryFilter);
        await foreach (string line in LinesAsync(request, cancellationToken))
        {
            yield return JsonSerializer.Deserialize(line, StoreJson.Default.StoreEntry)!;
        }
    }

    public async ValueTask<CacheResult<VerifyReport>> VerifyAsync(
        IProgress<VerifyProgress> progress, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/verify");
        await foreach (string line in LinesAsync(request, cancellationToken))
        {
            if (JsonSerializer.Deserialize(line, StoreJson.Default.StoreFault) is { Message: not null } fault)
            {
                return CacheError.Internal(fault.Kind, fault.Message);
            }

            VerifyStep step = JsonSerializer.Deserialize(line, StoreJson.Default.VerifyStep)!;
            progress.Report(step.Progress);
            if (step.Report is { } report)
            {
                return report;
            }
        }

        return CacheError.Internal(CacheErrorKind.Unavailable, "the process that holds the store ended in the middle");
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<string> LinesAsync(
        HttpRequestMessage request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await _client.SendAsync(request, cancellationToken);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await ReadLineAsync(reader, cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new StoreAccessException($"the process that holds the store ended in the middle: {e.Message}");
        }
    }
}
