using Fabrik.Cache.Resilience;

namespace Fabrik.Proxies.Origins;

/// <summary>
/// What is behind a bucket: its replicas in the order of preference. A request goes to the first that works; a read
/// that fails goes to the next, or, after a pause, to the same again, within a budget over all requests.
/// </summary>
internal sealed class Origin : IDisposable
{
    private const double RetryRatio = 0.15;
    private const int RetryBurst = 20;
    private const int HedgeBurst = 5;

    private readonly OriginOptions _options;
    private readonly OriginServices _services;
    private readonly Replica[] _replicas;
    private readonly RatioBudget _budget = new(RetryRatio, RetryBurst);
    private readonly RatioBudget _hedges;
    private readonly CancellationTokenSource _end = new();
    private readonly ITimer? _checks;
    private int _isChecking;
    private long _requests;
    private long _hedged;
    private int _users;

    /// <summary>An origin that nobody has asked yet.</summary>
    public Origin(OriginOptions options, OriginServices services)
    {
        _options = options;
        _services = services;
        _hedges = new RatioBudget(options.HedgeRatio, HedgeBurst);
        _replicas = [.. options.Replicas.Select(replica => new Replica(options, replica, services))];
        _checks = options.HealthInterval is { } interval
            ? services.Time.CreateTimer(_ => _ = CheckAsync(), null, TimeSpan.Zero, interval)
            : null;
    }

    /// <summary>Its name.</summary>
    public string Name => _options.Name;

    /// <summary>What it was made with.</summary>
    public OriginOptions Options => _options;

    /// <summary>Requests that were sent, with those that were sent again.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Requests that were sent because another replica was slow.</summary>
    public long Hedged => Volatile.Read(ref _hedged);

    /// <summary>The replicas, for metrics.</summary>
    public IReadOnlyList<Replica> Replicas => _replicas;

    /// <summary>Sends a request; the caller disposes of the answer.</summary>
    public async ValueTask<OriginResult<OriginResponse>> SendAsync(
        OriginRequest request, CancellationToken cancellationToken)
    {
        _budget.PayIn();
        var pause = TimeSpan.Zero;
        HashSet<Replica> asked = [];
        for (var attempt = 0; ; attempt++)
        {
            Interlocked.Increment(ref _requests);
            var result = await AskAsync(request, asked, cancellationToken);
            var fault = result.TryGet(out var response, out var failure) ? response.Fault : failure;
            if (fault is null || !MayRetry(request, response, fault, attempt))
            {
                if (fault is not null)
                {
                    _services.Log.Failed(Name, fault);
                }

                return result;
            }

            if (response is not null)
            {
                await response.DisposeAsync();
            }

            // Another replica may have what this one has not; the same one needs time.
            if (asked.Count == _replicas.Length)
            {
                pause = _services.Jitter.NextRetry(pause);
                await Task.Delay(pause, _services.Time, cancellationToken);
            }
        }
    }

    /// <summary>Another snapshot of the settings has it.</summary>
    public void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>A snapshot is over; the last one takes the origin with it.</summary>
    public void RemoveUser()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _checks?.Dispose();
        foreach (var replica in _replicas)
        {
            replica.Dispose();
        }

        _end.Dispose();
    }

    private ValueTask<OriginResult<OriginResponse>> AskAsync(
        OriginRequest request, HashSet<Replica> asked, CancellationToken cancellationToken)
    {
        var first = Next(asked);
        if (_options.HedgeAfter is not { } delay || !request.IsRepeatable || asked.Count == _replicas.Length)
        {
            return first.SendAsync(request, cancellationToken);
        }

        _hedges.PayIn();
        var read = new HedgedRead(request, delay, _services.Time);
        return read.RunAsync(first, () => Rival(asked), cancellationToken);
    }

    // Another healthy replica, within the budget; null leaves it at the first one.
    private Replica? Rival(HashSet<Replica> asked)
    {
        var rival = _replicas.FirstOrDefault(replica => replica.IsHealthy && !asked.Contains(replica));
        if (rival is null || !_hedges.TryTake())
        {
            return null;
        }

        asked.Add(rival);
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _hedged);
        return rival;
    }

    private bool MayRetry(OriginRequest request, OriginResponse? response, OriginFault fault, int attempt) =>
        request.IsRepeatable
        && fault.Retryable
        && (response is null || _options.RetriesStatuses)
        && attempt < _options.Retries
        && !(fault.Kind == OriginFaultKind.LeftAlone && _replicas.Length == 1)
        && _budget.TryTake();

    // Of those that were not asked in this round the first healthy one, else the first: a breaker that is due for a
    // probe gets one.
    private Replica Next(HashSet<Replica> asked)
    {
        if (asked.Count == _replicas.Length)
        {
            asked.Clear();
        }

        var next = _replicas.FirstOrDefault(replica => replica.IsHealthy && !asked.Contains(replica))
            ?? _replicas.First(replica => !asked.Contains(replica));
        asked.Add(next);
        return next;
    }

    private async Task CheckAsync()
    {
        if (Interlocked.Exchange(ref _isChecking, 1) != 0)
        {
            return;
        }

        try
        {
            foreach (var replica in _replicas)
            {
                await replica.CheckAsync(_end.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The origin is no longer in use.
        }
        finally
        {
            Volatile.Write(ref _isChecking, 0);
        }
    }
}
