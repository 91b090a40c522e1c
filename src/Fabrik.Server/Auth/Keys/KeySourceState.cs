using Microsoft.Extensions.Logging;

namespace Fabrik.Server.Auth.Keys;

/// <summary>A source and the last good keys it gave: they stay until it gives others.</summary>
internal sealed class KeySourceState(IKeySource source, TimeSpan interval, TimeProvider time, ILogger logger)
{
    private const int MaxBackoffDoublings = 10;

    private long _lastRead;
    private int _failures;
    private string? _lastProblem;

    public IKeySource Source => source;

    /// <summary>The keys that count now.</summary>
    public IReadOnlyList<VerificationKey> Keys { get; private set; } = source.Before;

    /// <summary>
    /// Whether it is time to read it again: files often, URLs rarely, failing ones at growing distances.
    /// </summary>
    public bool IsDue => time.GetElapsedTime(_lastRead) >= Wait;

    private TimeSpan Wait
    {
        get
        {
            var often = interval < AuthLimits.FileCheckInterval ? interval : AuthLimits.FileCheckInterval;
            if (!source.IsRemote)
            {
                return often;
            }

            var backoff = often * (1 << Math.Min(Math.Max(_failures - 1, 0), MaxBackoffDoublings));
            return _failures > 0 && backoff < interval ? backoff : interval;
        }
    }

    /// <summary>Reads the source.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public async ValueTask<string?> RefreshAsync(CancellationToken ct)
    {
        var reading = await source.ReadAsync(ct);
        _lastRead = time.GetTimestamp();
        if (reading.Error is { } error)
        {
            _failures++;
            Note(error, () => AuthLog.RefreshFailed(logger, Keys.Count, error));
            return error;
        }

        if (_failures > 0)
        {
            AuthLog.RefreshRecovered(logger, source.Name);
        }

        _failures = 0;
        var skipped = string.Join("; ", reading.Skipped);
        Note(skipped, () => AuthLog.KeySkipped(logger, $"{source.Name}: {skipped}"));

        // A key that stays is the same object, with the instances it has made.
        Keys = [.. reading.Keys.Select(key => Keys.FirstOrDefault(key.IsSame) ?? key)];
        return null;
    }

    // A file is read every few seconds: the same complaint is not repeated each time.
    private void Note(string problem, Action log)
    {
        if (problem.Length > 0 && problem != _lastProblem)
        {
            log();
        }

        _lastProblem = problem;
    }
}
