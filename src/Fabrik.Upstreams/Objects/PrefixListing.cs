namespace Fabrik.Upstreams.Objects;

/// <summary>
/// Reads in the background which objects are there, page by page, into the index: one listing of a prefix at a time,
/// with a pause between two pages, and a longer one between two listings. One that ended early goes on next time.
/// </summary>
internal sealed class PrefixListing(ObjectSpace space, string prefix)
{
    private readonly Lock _lock = new();
    private readonly ulong _salt = ExistenceIndex.SaltOf(prefix);
    private Task _running = Task.CompletedTask;
    private long? _lastStart;
    private string? _cursor;
    private long _roundStart;
    private long? _lastRound;

    private ExistenceOptions Options => space.Options.Existence;

    /// <summary>What is listed now; ends when the listing does, and never fails.</summary>
    public Task Running
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>
    /// Whether the whole prefix was read recently, so that what the index does not know is not there.
    /// </summary>
    public bool IsFresh
    {
        get
        {
            lock (_lock)
            {
                return _lastRound is { } start && space.Time.GetElapsedTime(start) < Options.ListEvery;
            }
        }
    }

    /// <summary>Starts a listing, unless one runs or ran just now.</summary>
    public void Start()
    {
        lock (_lock)
        {
            var isEarly = _lastStart is { } start && space.Time.GetElapsedTime(start) < Options.ListEvery;
            if (_running.IsCompleted && !isEarly && !space.Stopping.IsCancellationRequested)
            {
                _lastStart = space.Time.GetTimestamp();
                _running = Task.Run(RunAsync);
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            var after = Resume();
            for (var page = 0; page < Options.ListPages; page++)
            {
                if (await ReadPageAsync(after) is not { } read)
                {
                    return;
                }

                after = read.Keys.Count > 0 ? read.Keys[^1] : after;
                Remember(read.IsLast ? null : after, read.IsLast);
                if (read.IsLast)
                {
                    return;
                }

                await Task.Delay(Options.PagePause, space.Time, space.Stopping);
            }
        }
        catch (OperationCanceledException) when (space.Stopping.IsCancellationRequested)
        {
            // The tier is going away; nobody asks the index any more.
        }
    }

    private string? Resume()
    {
        lock (_lock)
        {
            _roundStart = _cursor is null ? space.Time.GetTimestamp() : _roundStart;
            return _cursor;
        }
    }

    private void Remember(string? cursor, bool isRound)
    {
        lock (_lock)
        {
            _cursor = cursor;
            _lastRound = isRound ? _roundStart : _lastRound;
        }
    }

    private async Task<ObjectPage?> ReadPageAsync(string? after)
    {
        using var timeout = new CancellationTokenSource(Options.PageTimeout, space.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, space.Stopping);
        try
        {
            var listed = await space.Store.ListAsync(prefix, after, either.Token);
            var ok = listed.TryGet(out var page, out _);
            space.Metrics.ListedPage(space.Store.Name, ok);
            return ok ? Learn(page!) : null;
        }
        catch (OperationCanceledException) when (!space.Stopping.IsCancellationRequested)
        {
            space.Metrics.ListedPage(space.Store.Name, ok: false);
            return null;
        }
    }

    private ObjectPage Learn(ObjectPage page)
    {
        foreach (var key in page.Keys)
        {
            // What is known to be unusable stays so: a listing shows the key only.
            if (ObjectKeys.TryParse(prefix, key, out var id)
                && space.Index.Find(_salt, id) != Existence.Unusable)
            {
                space.Index.Learn(_salt, id, Existence.Present, Options.PresentFor);
            }
        }

        return page;
    }
}
