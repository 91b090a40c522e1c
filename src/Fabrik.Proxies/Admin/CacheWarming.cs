using System.Collections.Concurrent;
using Fabrik.Proxies.Access;
using Fabrik.Proxies.Serving;
using Fabrik.Proxies.Site;
using Fabrik.Wire.S3;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fabrik.Proxies.Admin;

/// <summary>Brings keys into the cache before anybody asks for them: a few at a time, as a client would.</summary>
internal sealed class CacheWarming(FrontDoor front) : IAsyncDisposable
{
    /// <summary>Keys that a job is given at most; a list of the origin has no such limit.</summary>
    public const int MaxKeys = 100_000;

    /// <summary>Jobs that are remembered; those that run count too.</summary>
    public const int MaxJobs = 64;

    private const int AtATime = 8;

    private readonly ConcurrentDictionary<long, WarmingJob> _jobs = new();
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private long _lastId;

    /// <summary>The jobs, the last first.</summary>
    public IEnumerable<WarmingJob> Jobs => _jobs.Values.OrderByDescending(job => job.Id);

    /// <summary>One of them; null for one that is forgotten, or never was.</summary>
    public WarmingJob? Find(long id) => _jobs.GetValueOrDefault(id);

    /// <summary>Begins with keys, or with those that the origin lists.</summary>
    /// <returns>The job; null where too many run, or the bucket is not there.</returns>
    public WarmingJob? Begin(string bucket, IReadOnlyList<string>? keys, string prefix)
    {
        var served = front.Door.Buckets.FirstOrDefault(each => each.Name == bucket);
        if (served is null || !TryMakeRoom())
        {
            return null;
        }

        WarmingJob job = new(Interlocked.Increment(ref _lastId), bucket);
        _jobs[job.Id] = job;
        var all = keys is null
            ? new BucketListing(served.Origin).KeysAsync(prefix, job.Stop)
            : keys.ToAsyncEnumerable();
        _running[job.Id] = Task.Run(() => RunAsync(job, served, all));
        return job;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var job in _jobs.Values)
        {
            await job.CancelAsync();
        }

        await Task.WhenAll(_running.Values);
        foreach (var job in _jobs.Values)
        {
            job.Dispose();
        }
    }

    private bool TryMakeRoom()
    {
        foreach (var job in _jobs.Values.Where(job => job.State != "running").OrderBy(job => job.Id))
        {
            if (_jobs.Count < MaxJobs)
            {
                break;
            }

            // Not disposed of: somebody may be about to cancel it, and it holds nothing but memory.
            _jobs.TryRemove(job.Id, out _);
        }

        return _jobs.Count < MaxJobs;
    }

    private async Task RunAsync(WarmingJob job, Bucket bucket, IAsyncEnumerable<string> keys)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = AtATime, CancellationToken = job.Stop };
        try
        {
            await Parallel.ForEachAsync(keys, options, (key, ct) => WarmAsync(job, bucket, key, ct));
            job.End("done");
        }
        catch (OperationCanceledException)
        {
            job.End("cancelled");
        }
        catch (IOException error)
        {
            job.End($"failed: {error.Message}");
        }
        finally
        {
            _running.TryRemove(job.Id, out _);
        }
    }

    private async ValueTask WarmAsync(WarmingJob job, Bucket bucket, string key, CancellationToken ct)
    {
        job.Found();
        DefaultHttpContext http = new() { RequestAborted = ct };
        http.Request.Method = HttpMethods.Get;
        http.Request.Host = new HostString(bucket.Options.Hosts is [var host, ..] ? host : "localhost");
        var prefix = bucket.Options.Hosts.Count > 0 ? "" : (bucket.Options.PathPrefix ?? "").TrimEnd('/');
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget =
            $"{prefix}/{S3Uri.EncodePath(key.TrimStart('/'))}";
        http.Features.Set(OwnRequest.Mark);
        Transfer.Begin(http);
        await front.Door.Handler(http);
        ct.ThrowIfCancellationRequested();
        job.Ended(http.Response.StatusCode == StatusCodes.Status200OK, Transfer.Of(http));
    }
}
