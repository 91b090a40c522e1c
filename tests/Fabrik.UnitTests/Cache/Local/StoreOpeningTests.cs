using Fabrik.Cache;
using Fabrik.Cache.Local;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

public sealed class StoreOpeningTests
{
    [Fact]
    public async Task Open_OfANewFolder_SaysItsFormat()
    {
        await using var fixture = await StoreFixture.OpenAsync();

        Assert.Equal("fabrik-store 2\n", await File.ReadAllTextAsync(FormatFile(fixture)));
    }

    [Theory]
    [InlineData("fabrik-store 3\n", "has format 3, and this Fabrik reads formats 1 to 2")]
    [InlineData("fabrik-store 0\n", "has format 0")]
    [InlineData("fabrik-store 99999", "has format 99999")]
    [InlineData("fabrik-store one\n", "does not say a format, expected \"fabrik-store 2\"")]
    [InlineData("", "does not say a format")]
    public async Task Open_OfAnotherFormat_IsRefusedAndLeavesItAlone(string format, string expected)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("a", [1, 2, 3]);
        await fixture.Store.DisposeAsync();
        await File.WriteAllTextAsync(FormatFile(fixture), format);
        var before = Files(fixture);

        var opened = await fixture.TryOpenAsync(fixture.Options);

        Assert.Equal((CacheErrorKind.Io, CacheErrorSource.Internal), (opened.Error!.Kind, opened.Error.Source));
        Assert.Contains(expected, opened.Error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Files(fixture));
        await File.WriteAllTextAsync(FormatFile(fixture), "fabrik-store 2\n");
        await fixture.ReopenAsync();
        Assert.Equal([1, 2, 3], await fixture.GetAsync("a"));
    }

    [Fact]
    public async Task Open_OfAnIndexWithoutFormat_IsRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.DisposeAsync();
        File.Delete(FormatFile(fixture));

        var opened = await fixture.TryOpenAsync(fixture.Options);

        Assert.Contains("no file FORMAT", opened.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OfAStoreThatIsHeld_NamesTheHolder()
    {
        await using var fixture = await StoreFixture.OpenAsync();

        var second = await fixture.TryOpenAsync(fixture.Options);

        Assert.Equal(CacheErrorKind.Unavailable, second.Error!.Kind);
        Assert.Contains($"process {Environment.ProcessId}", second.Error.Message, StringComparison.Ordinal);
        Assert.Null(await fixture.GetAsync("a"));
    }

    [Fact]
    public async Task Open_AfterItsHolderLeft_Succeeds()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        Assert.NotNull((await fixture.TryOpenAsync(fixture.Options)).Error);

        await fixture.ReopenAsync();

        Assert.Equal(WriteState.Ok, fixture.Store.Statistics.WriteState);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task Open_WithALevelThatDoesNotExist_SaysWhatIsExpected(int level)
    {
        await using var fixture = await StoreFixture.OpenAsync();

        var opened = await fixture.TryOpenAsync(fixture.Options with { CompressionLevel = level });

        Assert.Contains($"{level}, expected 1 to 19", opened.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OfADamagedIndex_IsAnErrorAndNotANewStore()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("a", [1, 2, 3]);
        await fixture.Store.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(fixture.Folder, "index", "CURRENT"), "MANIFEST-999999\n");

        var opened = await fixture.TryOpenAsync(fixture.Options);

        Assert.Equal(CacheErrorKind.Io, opened.Error!.Kind);
    }

    [Fact]
    public async Task Open_SweepsFilesThatNothingNames()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var content = StoreFixture.Content(1, 100_000);
        await fixture.PutAsync("a", content);
        var kept = fixture.BlobFiles().Single();
        var upload = Path.Combine(fixture.Folder, "tmp", "0123456789abcdef");
        var orphan = kept[..^16] + "0123456789abcdef";
        foreach (var path in new[] { upload, orphan })
        {
            await File.WriteAllTextAsync(path, "left by a crash");
            File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        await fixture.ReopenAsync();
        var report = await fixture.Store.VerifyAsync(null, default);

        Assert.False(File.Exists(upload));
        Assert.Equal([kept], fixture.BlobFiles());
        Assert.Equal((1, 0), (report.Entries, report.Damaged));
        Assert.Equal(content, await fixture.GetAsync("a"));
    }

    private static string FormatFile(StoreFixture fixture) => Path.Combine(fixture.Folder, "FORMAT");

    private static List<(string Name, long Length)> Files(StoreFixture fixture) =>
    [
        .. new DirectoryInfo(fixture.Folder).EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => (file.FullName, file.Length)).Order(),
    ];
}
