namespace Fabrik.Activation;

/// <summary>
/// A lock between processes, by the system's lock on a file: it ends with its holder, however that ends, so it never
/// goes stale. The file stays: removing it would let two processes lock two files of one name.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // How often a lock that is held is tried again. There is no portable way to be woken.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(10);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or gives null where another process has it.</summary>
    /// <exception cref="UnauthorizedAccessException">The file cannot be opened.</exception>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>
    /// Takes the lock together with others who take it so, waiting for one who has it alone; null where that takes all
    /// of a time.
    /// </summary>
    public static Task<FileLock?> ShareAsync(
        string path, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken) =>
        TakeAsync(() => TryShare(path), patience, time, cancellationToken);

    /// <summary>Takes the lock, waiting for it; null where it stays held for all of a time.</summary>
    public static Task<FileLock?> TakeAsync(
        string path, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken) =>
        TakeAsync(() => TryTake(path), patience, time, cancellationToken);

    public void Dispose() => _file.Dispose();

    private static async Task<FileLock?> TakeAsync(
        Func<FileLock?> tryTake, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            if (tryTake() is { } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(start) >= patience)
            {
                return null;
            }

            await Task.Delay(RetryInterval, time, cancellationToken);
        }
    }

    private static FileLock? TryShare(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
