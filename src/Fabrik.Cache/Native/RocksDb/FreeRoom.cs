namespace Fabrik.Cache.Native.RocksDb;

/// <summary>
/// Sees to it that RocksDB is not asked to write where there is no room. After a log that could not be written it tries
/// by itself to go on, and there the builds that distributions have end the process (an assertion of
/// <c>WritableFileWriter</c>). What other programs take between a look and a write may still lead there; the reserve
/// makes that unlikely.
/// </summary>
internal sealed class FreeRoom(string folder)
{
    /// <summary>Bytes that are left alone: a few batches, and the end of a log.</summary>
    public const long Reserve = 2 * 1024 * 1024;

    private readonly DriveInfo _drive = new(folder);

    /// <summary>Refuses a write where there is no room for it.</summary>
    /// <exception cref="RocksDbException">There is none, in the words of RocksDB.</exception>
    public void Demand()
    {
        if (_drive.AvailableFreeSpace < Reserve)
        {
            throw new RocksDbException(
                $"IO error: No space left on device: less than {Reserve >> 20} MiB for {folder}");
        }
    }
}
