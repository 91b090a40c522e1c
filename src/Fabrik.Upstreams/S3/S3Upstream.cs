using Fabrik.Cache;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.S3;

/// <summary>Makes tiers of buckets.</summary>
public static class S3Upstream
{
    /// <summary>
    /// A tier that keeps artifacts in a bucket, as docs/formats/object.md says. Nothing is asked of the server yet. It
    /// has no time-outs but for connecting, and tries nothing again: a guard around it does.
    /// </summary>
    /// <exception cref="ArgumentException">The options are not <see cref="S3Options.Validate">valid</see>.</exception>
    public static ICacheTier Create(S3Options options, ObjectMetrics metrics, TimeProvider time)
    {
        if (options.Validate() is { } fault)
        {
            throw new ArgumentException($"{options}: {fault}", nameof(options));
        }

        return new ObjectTier(
            new S3ObjectStore(options, time), new ObjectTierOptions { Prefix = options.Prefix }, metrics, time);
    }
}
