using System.Globalization;
using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Resilience;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>One upstream as one tenant reads it: counted, and kept from throwing.</summary>
internal sealed class UpstreamSource(Upstream upstream, ICacheTier tier, UpstreamCounters counters, ILogger logger)
{
    /// <summary>How long the build of an artifact took, in milliseconds, as Turborepo says it.</summary>
    private const string DurationProperty = "x-artifact-duration";

    public string Name => upstream.Options.Name;

    public UpstreamCounters Counters => counters;

    public async ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        try
        {
            return Count(await tier.GetAsync(id, cancellationToken));
        }
        catch (Exception error) when (!IsCancellation(error, cancellationToken))
        {
            return Threw(error);
        }
    }

    public async ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        try
        {
            return Count(await tier.StatAsync(id, cancellationToken));
        }
        catch (Exception error) when (!IsCancellation(error, cancellationToken))
        {
            return Threw(error);
        }
    }

    public async ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await tier.ContainsAsync(ids, found, cancellationToken);
            if (answer.Error is not null)
            {
                counters.Failed();
            }

            return answer;
        }
        catch (Exception error) when (!IsCancellation(error, cancellationToken))
        {
            return Threw(error);
        }
    }

    /// <summary>Transfers an artifact's bytes from an offset to its end.</summary>
    public async ValueTask<CacheError?> CopyAsync(
        CachedArtifact artifact, PipeWriter destination, long offset, CancellationToken cancellationToken)
    {
        try
        {
            var length = artifact.Info.Size - offset;
            return (await artifact.CopyToAsync(destination, offset, length, cancellationToken)).Error;
        }
        catch (Exception error) when (!IsCancellation(error, cancellationToken))
        {
            return Threw(error);
        }
    }

    /// <summary>Whether building the artifact anew would take less time than fetching it.</summary>
    public bool IsSlowerThanBuilding(ArtifactInfo info)
    {
        if (upstream.Estimate?.Invoke(info) is not { } transfer
            || !long.TryParse(info.Metadata.Find(DurationProperty), CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds <= 0
            || transfer.TotalMilliseconds <= milliseconds)
        {
            return false;
        }

        counters.TooSlow();
        return true;
    }

    /// <summary>It delivered wrong bytes: counted, and told to its guard.</summary>
    public void DeliveredWrongBytes(ArtifactId id, string reason)
    {
        counters.WrongBytes();
        if (upstream.Tier is GuardedTier guarded)
        {
            guarded.ReportBadBody(new CacheError(
                CacheErrorKind.DigestMismatch,
                CacheErrorSource.Upstream,
                $"the upstream {Name} delivered {id} with wrong bytes: {reason}"));
        }
    }

    private static bool IsCancellation(Exception error, CancellationToken cancellationToken) =>
        error is OperationCanceledException && cancellationToken.IsCancellationRequested;

    private CacheResult<T?> Count<T>(CacheResult<T?> answer)
        where T : class
    {
        if (answer.Error is not null)
        {
            counters.Failed();
        }
        else if (answer.Value is null)
        {
            counters.Miss();
        }
        else
        {
            counters.Hit();
        }

        return answer;
    }

    private CacheError Threw(Exception error)
    {
        counters.Failed();
        LayerLog.UpstreamThrew(logger, Name, error);
        return new CacheError(CacheErrorKind.Io, CacheErrorSource.Upstream, $"the upstream {Name} failed", error);
    }
}
