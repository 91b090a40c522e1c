using Fabrik.Proxies.Limits;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Composition.Proxies;

/// <summary>The limits of buckets, out of settings. What was counted goes on counting after a reload.</summary>
internal sealed class LimitTable(TimeProvider time)
{
    private readonly LimitState _around = new();
    private readonly Dictionary<string, LimitState> _byBucket = new(StringComparer.Ordinal);

    /// <summary>The limit of a bucket, inside that of the proxy; null where neither is set.</summary>
    public RequestLimit? Of(EffectiveSettings settings, EffectiveSettings bucket, Func<HttpContext, ClientKey> client)
    {
        RequestLimitOptions all = Of(settings, S3ProxySettings.Rate, concurrency: null);
        RequestLimitOptions own = Of(
            bucket, S3ProxyBucketSettings.Rate, bucket.Get(S3ProxyBucketSettings.MaxConnections));
        if (!all.IsAny && !own.IsAny)
        {
            return null;
        }

        string name = bucket.Get(S3ProxyBucketSettings.Name);
        if (!_byBucket.TryGetValue(name, out LimitState? state))
        {
            _byBucket[name] = state = new LimitState();
        }

        return new RequestLimit(own, state, time)
        {
            Client = client,
            Around = all.IsAny ? new RequestLimit(all, _around, time) { Client = client } : null,
        };
    }

    private static RequestLimitOptions Of(EffectiveSettings settings, S3ProxyRateSettings rate, int? concurrency) =>
        new()
        {
            Rate = settings.Get(rate.Rate),
            Burst = settings.Get(rate.Burst),
            Concurrency = concurrency,
            ClientRate = settings.Get(rate.ClientRate),
            ClientBurst = settings.Get(rate.ClientBurst),
            ClientConcurrency = settings.Get(rate.ClientConnections),
        };
}
