using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Fabrik.Server.Auth.Keys;

/// <summary>
/// The keys that tokens are verified with, kept fresh in the background. Requests see an immutable snapshot that is
/// swapped whole; they never wait for a file or the network.
/// </summary>
internal sealed class KeyRing : IAsyncDisposable
{
    private readonly KeySourceState[] _sources;
    private readonly int _verdicts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();

    // One wake-up is enough however many are asked for; what is asked for stands in the two flags.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private ITimer? _timer;
    private Task _loop = Task.CompletedTask;
    private TaskCompletionSource _pass = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private KeySnapshot _current;
    private bool _reload;
    private long _lastEarly;

    private KeyRing(KeySourceState[] sources, int verdicts, TimeProvider time, ILogger logger)
    {
        _sources = sources;
        _verdicts = verdicts;
        _time = time;
        _logger = logger;
        _current = new KeySnapshot([], verdicts);
    }

    /// <summary>The keys of now.</summary>
    public KeySnapshot Current => Volatile.Read(ref _current);

    /// <summary>Those of them that came over the network.</summary>
    public IReadOnlyList<VerificationKey> RemoteKeys =>
        [.. _sources.Where(state => state.Source.IsRemote).SelectMany(state => state.Keys)];

    /// <summary>Ends with the next pass over the sources; for tests, which must not guess when.</summary>
    public Task NextPass => Volatile.Read(ref _pass).Task;

    /// <summary>Reads every source once and goes on in the background.</summary>
    /// <returns>The ring, or what is wrong with the local sources; a URL that fails is tried again instead.</returns>
    public static async ValueTask<(KeyRing? Ring, IReadOnlyList<string> Errors)> StartAsync(
        IReadOnlyList<IKeySource> sources,
        AuthOptions options,
        TimeProvider time,
        ILogger logger,
        CancellationToken ct)
    {
        KeySourceState[] states =
            [.. sources.Select(source => new KeySourceState(source, options.KeyRefreshInterval, time, logger))];
        List<string> errors = [];
        foreach (var state in states)
        {
            if (await state.RefreshAsync(ct) is { } error && !state.Source.IsRemote)
            {
                errors.Add(error);
            }
        }

        if (errors.Count > 0)
        {
            return (null, errors);
        }

        KeyRing ring = new(states, options.VerdictCacheSize, time, logger);
        ring.Swap();
        ring.Run(options.KeyRefreshInterval);
        return (ring, []);
    }

    /// <summary>Reads every source again, soon: somebody asked for it (SIGHUP).</summary>
    public void Reload()
    {
        Volatile.Write(ref _reload, true);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>
    /// A token named a key that is not here: it may be new. Strangers can cause this, so it happens at most once in
    /// a while; the token itself is refused without waiting.
    /// </summary>
    public void RefreshEarly()
    {
        var last = Volatile.Read(ref _lastEarly);
        if (_time.GetElapsedTime(last) >= AuthLimits.EarlyRefreshInterval
            && Interlocked.CompareExchange(ref _lastEarly, _time.GetTimestamp(), last) == last)
        {
            Reload();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        await _loop;
        _stop.Dispose();
    }

    private void Run(TimeSpan interval)
    {
        // The start was a refresh: unknown keys right after it cause none.
        _lastEarly = _time.GetTimestamp();
        var tick = interval < AuthLimits.FileCheckInterval ? interval : AuthLimits.FileCheckInterval;
        _timer = _time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, tick, tick);
        _loop = LoopAsync();
    }

    private async Task LoopAsync()
    {
        try
        {
            await foreach (var _ in _wake.Reader.ReadAllAsync(_stop.Token))
            {
                await PassAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private async ValueTask PassAsync(CancellationToken ct)
    {
        var everything = Interlocked.Exchange(ref _reload, false);
        foreach (var state in _sources)
        {
            if (everything || state.IsDue)
            {
                await RefreshAsync(state, ct);

                // At once: keys that a file gave do not wait for a slow URL.
                Swap();
            }
        }

        Interlocked.Exchange(ref _pass, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private async ValueTask RefreshAsync(KeySourceState state, CancellationToken ct)
    {
        try
        {
            await state.RefreshAsync(ct);
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            // A bug in one source must not end the refresh of all keys for as long as the process lives.
            AuthLog.RefreshCrashed(_logger, bug);
        }
    }

    private void Swap()
    {
        VerificationKey[] keys = [.. _sources.SelectMany(state => state.Keys)];
        if (keys.SequenceEqual(_current.Keys))
        {
            return;
        }

        Volatile.Write(ref _current, new KeySnapshot(keys, _verdicts));
        AuthLog.KeysChanged(_logger, keys.Length, string.Join(", ", keys.Select(Describe)));
    }

    private static string Describe(VerificationKey key) => $"{key.Algorithm} {key.Kid ?? "(no kid)"}";
}
