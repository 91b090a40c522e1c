using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Fabrik.Memcached.Configuration;

namespace Fabrik.Memcached.Warming;

/// <summary>Copies keys from one backend to another before anybody asks for them.</summary>
internal sealed class WarmingService(WarmingParts parts) : IAsyncDisposable
{
    /// <summary>Jobs that run at a time.</summary>
    public const int MaxRunning = 4;

    /// <summary>Jobs that are remembered; those that run count too.</summary>
    public const int MaxJobs = 64;

    private readonly Lock _beginning = new();
    private readonly ConcurrentDictionary<long, WarmingJob> _jobs = new();
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly long[] _outcomes = new long[Enum.GetValues<CopyOutcome>().Length];
    private long _lastId;

    /// <summary>The jobs, the last first.</summary>
    public IEnumerable<WarmingJob> Jobs => _jobs.Values.OrderByDescending(static job => job.Id);

    /// <summary>Keys of all jobs there ever were, by what became of them; from any thread.</summary>
    public long Count(CopyOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

    /// <summary>Whether there is such a backend.</summary>
    public bool HasBackend(string name) => parts.Describe(name) is not null;

    /// <summary>Whether a backend has servers of its own, which can tell their keys.</summary>
    public bool TellsKeys(string name) => parts.Describe(name) is PoolOptions;

    /// <summary>One of them; null for one that is forgotten, or never was.</summary>
    public WarmingJob? Find(long id) => _jobs.GetValueOrDefault(id);

    /// <summary>Begins a job.</summary>
    /// <returns>The job; null where too many run.</returns>
    public WarmingJob? Begin(WarmingRequest request)
    {
        lock (_beginning)
        {
            if (_jobs.Values.Count(static job => !job.HasEnded) >= MaxRunning)
            {
                return null;
            }

            foreach (var old in _jobs.Values.Where(static job => job.HasEnded).OrderBy(static job => job.Id))
            {
                if (_jobs.Count < MaxJobs)
                {
                    break;
                }

                // Not disposed of: somebody may be about to cancel it, and it holds nothing but memory.
                _jobs.TryRemove(old.Id, out _);
                _running.TryRemove(old.Id, out _);
            }

            var job = new WarmingJob(++_lastId, request, parts.Time);
            _jobs[job.Id] = job;
            _running[job.Id] = Task.Run(() => RunAsync(job));
            return job;
        }
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

    private async Task RunAsync(WarmingJob job)
    {
        var copy = new KeyCopy(parts, job.Request);
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = job.Request.Concurrency,
            CancellationToken = job.Stop,
        };
        try
        {
            await Parallel.ForEachAsync(KeysAsync(job, job.Stop), options, async (key, _) =>
            {
                var (outcome, bytes) = await copy.RunAsync(parts.Loops[key.Loop], key.Key);
                Interlocked.Increment(ref _outcomes[(int)outcome]);
                job.Count(outcome, outcome == CopyOutcome.Copied ? bytes : 0);
            });
            job.End("done");
        }
        catch (OperationCanceledException) when (job.Stop.IsCancellationRequested)
        {
            job.End("cancelled");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException
            or SocketException or AuthenticationException)
        {
            job.End("failed", e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            job.End("failed", $"a bug: {e.Message}");
        }
    }

    private async IAsyncEnumerable<(byte[] Key, int Loop)> KeysAsync(
        WarmingJob job, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pace = new KeyPace(job.Request.Rate, parts.Time);
        var loop = 0;
        if (job.Request.Keys is { } known && !job.Request.IsFiltered)
        {
            job.Count(known.Count);
            job.Listed();
        }

        await foreach (var key in KeySource.KeysAsync(parts, job.Request, cancellationToken))
        {
            await pace.WaitAsync(cancellationToken);
            if (job.Request.Keys is null || job.Request.IsFiltered)
            {
                job.Count(1);
            }

            loop = (loop + 1) % parts.Loops.Count;
            yield return (key, loop);
        }

        job.Listed();
    }
}
