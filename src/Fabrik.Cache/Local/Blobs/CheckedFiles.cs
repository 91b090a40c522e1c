namespace Fabrik.Cache.Local.Blobs;

/// <summary>
/// The numbers of files whose checksum has been seen to be right, so that the kernel may send them unread. Bounded:
/// when full it starts anew, and the files are checked once more.
/// </summary>
internal sealed class CheckedFiles
{
    /// <summary>Numbers that are remembered: 2 MiB.</summary>
    private const int Capacity = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _numbers = [];

    public void Add(ulong number)
    {
        lock (_lock)
        {
            if (_numbers.Count >= Capacity)
            {
                _numbers.Clear();
            }

            _numbers.Add(number);
        }
    }

    public bool Contains(ulong number)
    {
        lock (_lock)
        {
            return _numbers.Contains(number);
        }
    }
}
