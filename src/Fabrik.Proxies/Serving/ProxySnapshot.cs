using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Origins;

namespace Fabrik.Proxies.Serving;

/// <summary>
/// What holds between two reloads. Requests that began under it end under it; when the last has, the origins go that
/// its successor does not have.
/// </summary>
internal sealed class ProxySnapshot
{
    private readonly Origin[] _origins;
    private int _users = 1;

    /// <summary>A snapshot that nobody uses yet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="before">The one before: an origin whose settings are the same stays, with its connections.</param>
    /// <param name="services">What origins share.</param>
    public ProxySnapshot(ProxyOptions options, ProxySnapshot? before, OriginServices services)
    {
        Options = options;
        List<Bucket> buckets = [];
        foreach (var bucket in options.Buckets)
        {
            var kept = before?._origins.FirstOrDefault(origin => origin.Options.IsSameAs(bucket.Origin));
            buckets.Add(new Bucket(bucket, kept ?? new Origin(bucket.Origin, services)));
        }

        _origins = [.. buckets.Select(static bucket => bucket.Origin).Distinct()];
        foreach (var origin in _origins)
        {
            origin.AddUser();
        }

        Buckets = buckets;
        Routes = new BucketRoutes(buckets);
    }

    /// <summary>The settings.</summary>
    public ProxyOptions Options { get; }

    /// <summary>The buckets.</summary>
    public IReadOnlyList<Bucket> Buckets { get; }

    /// <summary>Which bucket a request is for.</summary>
    public BucketRoutes Routes { get; }

    /// <summary>Begins to use it; false when it is over.</summary>
    public bool TryEnter()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>Uses it no more; also said once by its owner, when another takes its place.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            foreach (var origin in _origins)
            {
                origin.RemoveUser();
            }
        }
    }
}
