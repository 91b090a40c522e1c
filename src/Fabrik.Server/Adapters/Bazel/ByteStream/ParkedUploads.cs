using Fabrik.Wire.Bazel;

namespace Fabrik.Server.Adapters.Bazel.ByteStream;

/// <summary>
/// Uploads that broke off and wait for a stream that goes on with them: few, not for long, and none once the server
/// drains.
/// </summary>
internal sealed class ParkedUploads
{
    /// <summary>How long an upload waits: longer than clients try again.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    /// <summary>Uploads at most; each holds a file of the store and its buffers. The oldest one goes.</summary>
    public const int MaxUploads = 64;

    /// <summary>Bytes of them all, which lie on the disk and are nobody's.</summary>
    public const long MaxBytes = 1024L * 1024 * 1024;

    private readonly TimeProvider _time;
    private readonly CancellationToken _draining;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Tenant, ResourceName Name), Place> _places = [];
    private long _bytes;
    private long _number;

    /// <summary>None yet.</summary>
    public ParkedUploads(TimeProvider time, CancellationToken draining)
    {
        _time = time;
        _draining = draining;
        draining.UnsafeRegister(static state => ((ParkedUploads)state!).GiveUpAll(), this);
    }

    /// <summary>Has an upload wait; false if it is not worth it, or must not be.</summary>
    public bool TryPark(ResumableUpload upload)
    {
        lock (_lock)
        {
            // A second upload of the same name: one of them can go on.
            Remove(upload.Key)?.GiveUp();
            var bytes = upload.Received;
            if (_draining.IsCancellationRequested || bytes is 0 or > MaxBytes)
            {
                return false;
            }

            while (_places.Count >= MaxUploads || _bytes + bytes > MaxBytes)
            {
                Remove(_places.MinBy(place => place.Value.Number).Key)?.GiveUp();
            }

            var number = ++_number;
            var timer = _time.CreateTimer(_ => Expire(upload.Key, number), null, MaxAge, Timeout.InfiniteTimeSpan);
            _places.Add(upload.Key, new Place(upload, number, bytes, timer));
            _bytes += bytes;
            return true;
        }
    }

    /// <summary>How much came of an upload that waits; 0 if none of the name does.</summary>
    public long ReceivedOf((string Tenant, ResourceName Name) key)
    {
        lock (_lock)
        {
            return _places.TryGetValue(key, out var place) ? place.Bytes : 0;
        }
    }

    /// <summary>
    /// Takes the upload that waits, if a stream goes on where it broke off. One that is begun anew is dropped.
    /// </summary>
    public ResumableUpload? Take((string Tenant, ResourceName Name) key, long offset)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue(key, out var place) || (offset != place.Bytes && offset != 0))
            {
                return null;
            }

            var upload = Remove(key);
            if (offset == 0)
            {
                upload?.GiveUp();
                return null;
            }

            return upload;
        }
    }

    private void Expire((string Tenant, ResourceName Name) key, long number)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(key, out var place) && place.Number == number)
            {
                Remove(key)?.GiveUp();
            }
        }
    }

    private void GiveUpAll()
    {
        lock (_lock)
        {
            foreach (var key in _places.Keys.ToArray())
            {
                Remove(key)?.GiveUp();
            }
        }
    }

    private ResumableUpload? Remove((string Tenant, ResourceName Name) key)
    {
        if (!_places.Remove(key, out var place))
        {
            return null;
        }

        _bytes -= place.Bytes;
        place.Timer.Dispose();
        return place.Upload;
    }

    private sealed record Place(ResumableUpload Upload, long Number, long Bytes, ITimer Timer);
}
