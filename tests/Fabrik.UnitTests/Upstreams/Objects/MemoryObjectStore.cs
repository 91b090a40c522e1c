using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Upstreams.Objects;

namespace Fabrik.UnitTests.Upstreams.Objects;

/// <summary>An object store in memory that keeps the contract, and misbehaves as a test asks.</summary>
internal sealed class MemoryObjectStore : IObjectStore
{
    private int _asking;

    public SortedDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    public string Name => "memory";

    public ObjectStoreTraits Traits { get; init; } = new(CanList: true, CanDelete: true, IsSlowToAsk: true);

    /// <summary>What each request answers instead of working.</summary>
    public CacheErrorKind? Fault { get; set; }

    /// <summary>Whether an object's version is told.</summary>
    public bool HasTags { get; init; } = true;

    /// <summary>Whether If-None-Match works.</summary>
    public bool IsConditional { get; init; } = true;

    /// <summary>Keys of a page.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>Every request, as a word and what it was for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The most questions that were under way at a time.</summary>
    public int MostAsked { get; private set; }

    /// <summary>Holds every question up until it is completed.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public bool IsDisposed { get; private set; }

    public int Count(string word) => Requests.Count(request => request.StartsWith(word, StringComparison.Ordinal));

    public ValueTask<CacheResult<ObjectBody?>> GetAsync(
        string key, ObjectRange range, CancellationToken cancellationToken)
    {
        Requests.Enqueue($"get {range.Offset}+{range.Length} {key}");
        if (Fault is { } kind)
        {
            return ValueTask.FromResult<CacheResult<ObjectBody?>>(Error(kind));
        }

        if (!Objects.TryGetValue(key, out var bytes))
        {
            return ValueTask.FromResult<CacheResult<ObjectBody?>>((ObjectBody?)null);
        }

        var offset = (int)Math.Min(range.Offset, bytes.Length);
        var length = (int)Math.Min(range.Length ?? int.MaxValue, bytes.Length - offset);
        return ValueTask.FromResult<CacheResult<ObjectBody?>>(
            new MemoryBody(bytes.AsSpan(offset, length).ToArray(), HasTags ? TagOf(bytes) : null));
    }

    public async ValueTask<CacheResult<bool>> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        Requests.Enqueue($"head {key}");
        lock (Objects)
        {
            MostAsked = Math.Max(MostAsked, ++_asking);
        }

        await Gate.WaitAsync(cancellationToken);
        lock (Objects)
        {
            _asking--;
            return Fault is { } kind ? Error(kind) : Objects.ContainsKey(key);
        }
    }

    public async ValueTask<CacheResult<bool>> PutAsync(
        string key, ObjectContent content, bool ifAbsent, CancellationToken cancellationToken)
    {
        Requests.Enqueue($"put{(ifAbsent ? "?" : "!")} {key}");
        if (Fault is { } kind)
        {
            return Error(kind);
        }

        var bytes = content.Head.ToArray().ToList();
        while (bytes.Count < content.Length)
        {
            var read = await content.Body.ReadAsync(cancellationToken);
            bytes.AddRange(read.Buffer.ToArray());
            content.Body.AdvanceTo(read.Buffer.End);
        }

        if (ifAbsent && IsConditional && Objects.ContainsKey(key))
        {
            return false;
        }

        Objects[key] = [.. bytes];
        return true;
    }

    public ValueTask<CacheResult<bool>> DeleteAsync(string key, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<bool>>(Fault is { } kind ? Error(kind) : Objects.Remove(key));

    public async ValueTask<CacheResult<ObjectPage>> ListAsync(
        string prefix, string? after, CancellationToken cancellationToken)
    {
        Requests.Enqueue($"list {prefix} {after}");
        await Gate.WaitAsync(cancellationToken);
        if (Fault is { } kind)
        {
            return Error(kind);
        }

        var keys = Objects.Keys
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .Where(key => after is null || string.CompareOrdinal(key, after) > 0)
            .ToList();
        return new ObjectPage([.. keys.Take(PageSize)], keys.Count <= PageSize);
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    private static string TagOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static CacheError Error(CacheErrorKind kind) =>
        new(kind, CacheErrorSource.Upstream, $"injected fault {kind}");

    private sealed class MemoryBody : ObjectBody
    {
        public MemoryBody(byte[] bytes, string? tag)
            : base(new MemoryStream(bytes), bytes.Length) => Tag = tag;

        public override ValueTask DisposeAsync() => Content.DisposeAsync();
    }
}
