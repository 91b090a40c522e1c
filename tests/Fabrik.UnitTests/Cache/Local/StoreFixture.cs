using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>A real store in a folder of its own.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    /// <summary>Memory where there is such a folder: what a test costs otherwise is waiting for the disk.</summary>
    private static readonly string Root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    public string Folder { get; } =
        Directory.CreateDirectory(Path.Combine(Root, $"fabrik-store-{Guid.NewGuid():N}")).FullName;

    public LocalStore Store { get; private set; } = null!;

    public LocalStoreOptions Options { get; set; } = null!;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static async Task<StoreFixture> OpenAsync(
        Func<LocalStoreOptions, LocalStoreOptions>? change = null, TimeProvider? time = null)
    {
        var fixture = new StoreFixture { Time = time ?? TimeProvider.System };
        var options = new LocalStoreOptions { Directory = fixture.Folder };
        fixture.Options = change?.Invoke(options) ?? options;
        await fixture.ReopenAsync();
        return fixture;
    }

    public static ArtifactId Id(string key) => new ArtifactKey("", "", "test", key).ToId();

    public static byte[] Content(int seed, int size)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public async Task ReopenAsync()
    {
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        Store = (await TryOpenAsync(Options)).Value;
    }

    public ValueTask<CacheResult<LocalStore>> TryOpenAsync(LocalStoreOptions options) =>
        LocalStore.OpenAsync(options, Time, NullLoggerFactory.Instance, default);

    /// <summary>The files of large contents.</summary>
    public string[] BlobFiles() =>
        Directory.GetFiles(Path.Combine(Folder, "blobs"), "*", SearchOption.AllDirectories);

    public ValueTask<CacheResult<PutOutcome>> PutAsync(string key, byte[] bytes, PutOptions? options = null) =>
        Store.PutAsync(
            Id(key), PipeReader.Create(new ReadOnlySequence<byte>(bytes)), options ?? PutOptionsFor(key), default);

    /// <summary>Stores an entry of a listing; its id is that of its key.</summary>
    public async Task PutListedAsync(string key, string listing, byte[]? bytes = null) => Assert.Equal(
        PutOutcome.Stored, (await PutAsync(key, bytes ?? [1, 2, 3], ListedOptions(key, listing))).Value);

    /// <summary>A page of a listing, by its keys.</summary>
    public async Task<(string[] Keys, bool HasMore)> ListAsync(ListingQuery query)
    {
        var page = (await Store.ListAsync(query, default)).Value;
        return ([.. page.Entries.Select(info => info.Metadata.Key)], page.HasMore);
    }

    public static PutOptions ListedOptions(string key, string listing) => new()
    {
        Metadata = new ArtifactMetadata { Tool = "test", Key = key, Listing = listing },
        Overwrite = true,
    };

    public static PutOptions PutOptionsFor(string key) =>
        new() { Metadata = new ArtifactMetadata { Tool = "test", Key = key } };

    public async Task<byte[]?> GetAsync(string key)
    {
        var found = await Store.GetAsync(Id(key), default);
        if (found.Value is null)
        {
            return null;
        }

        await using var artifact = found.Value;
        using var bytes = new MemoryStream();
        var writer = PipeWriter.Create(bytes);
        var copied = await artifact.CopyToAsync(writer, 0, artifact.Info.Size, default);
        Assert.Null(copied.Error);
        await writer.CompleteAsync();
        return bytes.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
