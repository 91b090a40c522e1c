namespace Fabrik.Activation;

/// <summary>
/// The daemon for the length of a command. One that runs is reused; one that has to be started ends with the last
/// command that uses it, unless somebody has asked for it to stay (<c>fabrik daemon --background</c>) since.
/// </summary>
/// <remarks>
/// Commands hold the users' lock together. Whoever can take it alone is the last: nobody who comes then finds the
/// daemon alive and loses it, because they wait for the lock before they look.
/// </remarks>
internal sealed class CommandDaemon
{
    private readonly DaemonStarter _daemons;
    private readonly DaemonFolder _folder;
    private readonly FileLock _use;

    private CommandDaemon(DaemonStarter daemons, DaemonFolder folder, FileLock use, DaemonState state)
    {
        (_daemons, _folder, _use, State) = (daemons, folder, use, state);
    }

    /// <summary>What it tells of itself.</summary>
    public DaemonState State { get; }

    /// <summary>Its state folder, which only this user can look into.</summary>
    public string Folder => _folder.Path;

    /// <summary>Starts the daemon of a configuration, or joins those who use it.</summary>
    /// <returns>The daemon, or why there is none.</returns>
    public static async Task<(CommandDaemon? Daemon, string Problem)> UseAsync(
        DaemonStarter daemons,
        DaemonFolder folder,
        DaemonStartOptions options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        folder.Create();
        FileLock? use = await FileLock.ShareAsync(
            folder.UsersLockPath, options.Patience, time, cancellationToken);
        if (use is null)
        {
            return (null, $"it has been ending for {options.Patience.TotalSeconds} s");
        }

        DaemonStart start;
        try
        {
            start = await daemons.EnsureAsync(folder.Id, options, cancellationToken);
        }
        catch
        {
            use.Dispose();
            throw;
        }

        if (start.State is not { } state)
        {
            use.Dispose();
            return (null, start.Problem);
        }

        if (!start.WasRunning)
        {
            folder.IsTemporary = true;
        }

        return (new CommandDaemon(daemons, folder, use, state), "");
    }

    /// <summary>Ends the use, and the daemon with it where nobody else has one.</summary>
    /// <param name="patience">How long the daemon may take to end.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task LeaveAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        _use.Dispose();
        if (!_folder.IsTemporary)
        {
            return;
        }

        using FileLock? last = FileLock.TryTake(_folder.UsersLockPath);
        if (last is not null && _folder.IsTemporary
            && await _daemons.FindAliveAsync(_folder, cancellationToken) is { } state)
        {
            await _daemons.StopAsync(state, patience, cancellationToken);
        }
    }
}
