using System.Collections.Concurrent;
using Fabrik.Proxies.Storage;

namespace Fabrik.Proxies.Fetching;

/// <summary>
/// The requests under way for heads: one for each key, unless what came last for it was for one client only.
/// </summary>
internal sealed class HeadFetches(HeadFetcher fetcher, TimeProvider time)
{
    private const int MaxRemembered = 16 * 1024;

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ResourceKey, HeadFetch> _running = new();
    private readonly ConcurrentDictionary<ResourceKey, long> _unshared = new();

    private readonly ConcurrentDictionary<ResourceKey, Refusal> _refused = new();

    /// <summary>Requests that are collapsed on now.</summary>
    public int Count => _running.Count;

    /// <summary>Joins the request under way for a key, or makes one.</summary>
    /// <param name="plan">What to ask, where nobody does yet.</param>
    /// <param name="isLeader">Whether it is made for this client.</param>
    public HeadFetch Join(FetchPlan plan, out bool isLeader)
    {
        isLeader = true;
        if (IsUnshared(plan.Key))
        {
            return Alone(plan);
        }

        while (true)
        {
            if (_running.TryGetValue(plan.Key, out var running) && running.TryJoin())
            {
                isLeader = false;
                return running;
            }

            var own = new HeadFetch();
            if (running is not null)
            {
                // It is over, or about to be: it takes itself out.
                _running.TryRemove(new KeyValuePair<ResourceKey, HeadFetch>(plan.Key, running));
            }

            if (_running.TryAdd(plan.Key, own))
            {
                _ = RunAsync(plan, own, mayBeOvertaken: true);
                return own;
            }
        }
    }

    /// <summary>A request for one client.</summary>
    public HeadFetch Alone(FetchPlan plan)
    {
        var own = new HeadFetch();
        _ = RunAsync(plan, own, mayBeOvertaken: false);
        return own;
    }

    /// <summary>Whether a request is under way for a key.</summary>
    public bool IsRunning(ResourceKey key) => _running.ContainsKey(key);

    private async Task RunAsync(FetchPlan plan, HeadFetch fetch, bool mayBeOvertaken)
    {
        await Task.Yield();
        try
        {
            // Who looked just before another's request ended comes just after it.
            var outcome = plan.Stored is null && RefusalOf(plan.Key) is { } status
                ? new FetchOutcome(FetchKind.Refused) { Status = status }
                : mayBeOvertaken && plan.Stored is null && fetcher.Has(plan.Key)
                ? new FetchOutcome(FetchKind.Overtaken)
                : await fetcher.FetchAsync(plan, fetch.End);
            Remember(plan.Key, (outcome.Kind == FetchKind.Unstored && !outcome.IsForWantOfMemory) || !outcome.IsKept);
            Refuse(plan, outcome);
            _running.TryRemove(new KeyValuePair<ResourceKey, HeadFetch>(plan.Key, fetch));
            await fetch.CompleteAsync(outcome);
        }
#pragma warning disable CA1031 // Whoever waits has to hear of it: it is thrown there.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _running.TryRemove(new KeyValuePair<ResourceKey, HeadFetch>(plan.Key, fetch));
            fetch.Fail(error);
        }
    }

    /// <summary>The status by which the origin refused a key within the time that its rule has for that.</summary>
    public int? RefusalOf(ResourceKey key)
    {
        if (!_refused.TryGetValue(key, out var refusal))
        {
            return null;
        }

        if (time.GetElapsedTime(refusal.Since) < refusal.Lifetime)
        {
            return refusal.Status;
        }

        _refused.TryRemove(new KeyValuePair<ResourceKey, Refusal>(key, refusal));
        return null;
    }

    /// <summary>Forgets that a key was refused.</summary>
    public void ForgetRefusal(ResourceKey key) => _refused.TryRemove(key, out _);

    private void Refuse(FetchPlan plan, FetchOutcome outcome)
    {
        if (plan.NegativeLifetime <= TimeSpan.Zero)
        {
            return;
        }

        if (RefusalOf(plan.Key) is { } known && known == outcome.Status)
        {
            return;
        }

        if (outcome.Kind != FetchKind.Refused || outcome.Status is not (403 or 404 or 410))
        {
            _refused.TryRemove(plan.Key, out _);
            return;
        }

        if (_refused.Count >= MaxRemembered)
        {
            _refused.Clear();
        }

        _refused[plan.Key] = new Refusal(outcome.Status.Value, time.GetTimestamp(), plan.NegativeLifetime);
    }

    private bool IsUnshared(ResourceKey key) =>
        _unshared.TryGetValue(key, out var since) && time.GetElapsedTime(since) < Remembered;

    private void Remember(ResourceKey key, bool isUnshared)
    {
        if (!isUnshared)
        {
            _unshared.TryRemove(key, out _);
            return;
        }

        if (_unshared.Count >= MaxRemembered)
        {
            _unshared.Clear();
        }

        _unshared[key] = time.GetTimestamp();
    }

    private sealed record Refusal(int Status, long Since, TimeSpan Lifetime);
}
