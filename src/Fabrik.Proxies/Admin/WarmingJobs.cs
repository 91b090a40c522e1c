using System.Text.Json;
using Fabrik.Server.Admin;

namespace Fabrik.Proxies.Admin;

/// <summary>The routes of the jobs that warm the cache.</summary>
internal sealed class WarmingJobs(string path, CacheWarming warming) : JobRoutes<WarmingJob>(path)
{
    /// <inheritdoc/>
    protected override IEnumerable<WarmingJob> Jobs => warming.Jobs;

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
        json.WriteString("bucket"u8, job.Bucket);
        json.WriteString("state"u8, job.State);
        json.WriteNumber("total"u8, job.Total);
        json.WriteNumber("done"u8, job.Done);
        json.WriteNumber("failed"u8, job.Failed);
        json.WriteNumber("bytes"u8, job.Bytes);
    }
}
