using System.Globalization;
using System.Text;

namespace Fabrik.Cache.Local;

/// <summary>
/// The claim of one process on a store's folder, held by the system's file lock: it goes with the process, however
/// that ends. The file beside it says who it is.
/// </summary>
internal sealed class OwnerLock : IDisposable
{
    private readonly FileStream _lock;

    private OwnerLock(FileStream file) => _lock = file;

    /// <summary>Claims a folder; an error names the process that has it.</summary>
    public static CacheResult<OwnerLock> Take(string folder)
    {
        var owner = Path.Combine(folder, "OWNER");
        try
        {
            var file = new FileStream(
                Path.Combine(folder, "LOCK.fabrik"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return Sign(file, owner);
        }
        catch (UnauthorizedAccessException error)
        {
            return StoreFaults.ToError(error, folder);
        }
        catch (IOException error)
        {
            return StoreFaults.Classify(error) is WriteState.Full or WriteState.ReadOnly
                ? StoreFaults.ToError(error, folder)
                : CacheError.Internal(
                    CacheErrorKind.Unavailable, $"the store in {folder} is held by process {ReadOwner(owner)}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static OwnerLock Sign(FileStream file, string owner)
    {
        try
        {
            File.WriteAllText(owner, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
            return new OwnerLock(file);
        }
        catch
        {
            // A full disk: without this the folder would look taken until the file is finalised.
            file.Dispose();
            throw;
        }
    }

    private static string ReadOwner(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.UTF8).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "(unknown)";
        }
    }
}
