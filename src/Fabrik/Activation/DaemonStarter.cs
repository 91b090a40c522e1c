namespace Fabrik.Activation;

/// <summary>How a start in the background went.</summary>
/// <param name="State">The daemon that runs now; null where none does.</param>
/// <param name="WasRunning">Whether it ran before.</param>
/// <param name="Problem">Why none runs.</param>
internal sealed record DaemonStart(DaemonState? State, bool WasRunning, string Problem = "");

/// <summary>The right to start a daemon, or the daemon that runs, or why neither is to be had.</summary>
/// <param name="Lock">The right, which is held until the daemon listens.</param>
/// <param name="Running">The daemon that runs.</param>
/// <param name="Problem">Why there is neither.</param>
internal sealed record DaemonClaim(FileLock? Lock, DaemonState? Running, string Problem = "");

/// <summary>What a start needs.</summary>
internal sealed record DaemonStartOptions
{
    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The configuration file; empty where there is none.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>How long it may take until the daemon listens.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>
/// Sees to it that the daemon of a configuration runs. Of several starters at once one starts it and the others wait:
/// (1) take the start lock; (2) a daemon that lives is reused; (3) what a dead one left is removed; (4) a daemon that
/// serves an older content of the same file is asked to end, as it holds the store; (5) start, and wait until it tells
/// its ports.
/// </summary>
internal sealed class DaemonStarter(DaemonFolders folders, IDaemonProbe probe, TimeProvider time)
{
    private const long MaxLogSize = 8 << 20;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Gives the daemon of a configuration, started if need be.</summary>
    public async Task<DaemonStart> EnsureAsync(
        string id, DaemonStartOptions options, CancellationToken cancellationToken)
    {
        DaemonFolder folder = folders.Of(id);
        if (await FindAliveAsync(folder, cancellationToken) is { } running)
        {
            return new DaemonStart(running, WasRunning: true);
        }

        DaemonClaim claim = await ClaimAsync(id, options, cancellationToken);
        using FileLock? starting = claim.Lock;
        return starting is null
            ? new DaemonStart(claim.Running, WasRunning: claim.Running is not null, claim.Problem)
            : await StartAsync(folder, options, cancellationToken);
    }

    /// <summary>
    /// Gives the right to start the daemon of a configuration, after everything that is in its way has been removed;
    /// or the daemon that runs.
    /// </summary>
    public async Task<DaemonClaim> ClaimAsync(
        string id, DaemonStartOptions options, CancellationToken cancellationToken)
    {
        DaemonFolder folder = folders.Of(id);
        folder.Create();
        FileLock? starting = await FileLock.TakeAsync(folder.StartLockPath, options.Patience, time, cancellationToken);
        if (starting is null)
        {
            return new DaemonClaim(
                null, null, $"another process has been starting it for {options.Patience.TotalSeconds} s");
        }

        // Whoever held the lock before may have started it.
        if (await FindAliveAsync(folder, cancellationToken) is { } started)
        {
            starting.Dispose();
            return new DaemonClaim(null, started);
        }

        folder.Clear();
        await EndPredecessorsAsync(id, options, cancellationToken);
        return new DaemonClaim(starting, null);
    }

    /// <summary>The daemon of a folder, if it lives.</summary>
    public async Task<DaemonState?> FindAliveAsync(DaemonFolder folder, CancellationToken cancellationToken) =>
        folder.Read() is { } state && await probe.IsAliveAsync(state, cancellationToken) ? state : null;

    /// <summary>Asks a daemon to end, and waits until it has.</summary>
    /// <returns>Whether it has.</returns>
    public async Task<bool> StopAsync(DaemonState state, TimeSpan patience, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        bool asked = ProcessTable.Terminate(state.ProcessId);
        while (asked && ProcessTable.IsAlive(state.ProcessId))
        {
            if (time.GetElapsedTime(start) > patience)
            {
                return false;
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return asked;
    }

    private async Task EndPredecessorsAsync(
        string id, DaemonStartOptions options, CancellationToken cancellationToken)
    {
        foreach (DaemonFolder other in folders.All().Where(other => other.Id != id && options.ConfigPath.Length > 0))
        {
            bool isPredecessor = other.Read() is { } left && left.ConfigPath == options.ConfigPath;
            if (isPredecessor && await FindAliveAsync(other, cancellationToken) is { } old)
            {
                await StopAsync(old, options.Patience, cancellationToken);
            }
        }
    }

    private async Task<DaemonStart> StartAsync(
        DaemonFolder folder, DaemonStartOptions options, CancellationToken cancellationToken)
    {
        RotateLog(folder.LogPath);
        long logStart = File.Exists(folder.LogPath) ? new FileInfo(folder.LogPath).Length : 0;
        int processId = DetachedProcess.Start(options.Command, folder.LogPath);
        long start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < options.Patience)
        {
            if (folder.Read() is { } state && state.ProcessId == processId)
            {
                return new DaemonStart(state, WasRunning: false);
            }

            if (DetachedProcess.HasEnded(processId))
            {
                return new DaemonStart(null, false, $"it ended at once: {LastWords(folder.LogPath, logStart)}");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return new DaemonStart(
            null, false, $"it did not listen within {options.Patience.TotalSeconds} s; see {folder.LogPath}");
    }

    private static void RotateLog(string path)
    {
        if (File.Exists(path) && new FileInfo(path).Length > MaxLogSize)
        {
            File.Move(path, path + ".1", overwrite: true);
        }
    }

    private static string LastWords(string path, long from)
    {
        const int Most = 4096;
        using FileStream log = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        log.Seek(Math.Max(from, log.Length - Most), SeekOrigin.Begin);
        using StreamReader reader = new(log);
        string words = reader.ReadToEnd().Trim();
        return words.Length == 0 ? $"it said nothing (log: {path})" : words;
    }
}
