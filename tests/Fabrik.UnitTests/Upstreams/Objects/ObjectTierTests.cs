using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Upstreams.Objects;
using Xunit;
using static Fabrik.UnitTests.Upstreams.Objects.ObjectFixture;

namespace Fabrik.UnitTests.Upstreams.Objects;

public sealed class ObjectTierTests
{
    private static readonly byte[] Content = Bytes(200_000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public async Task Get_OfWhatWasPut_IsTheSameInOneRequest(int length)
    {
        await using var objects = new ObjectFixture();
        var bytes = Bytes(length);
        Assert.Equal(PutOutcome.Stored, (await objects.PutAsync("a", bytes)).Value);
        Assert.Equal(bytes, await objects.ReadAsync("a"));
        Assert.Equal(1, objects.Store.Count("get"));
    }

    [Fact]
    public async Task Info_OfWhatWasPut_IsWhatTheWriterSaid()
    {
        await using var objects = new ObjectFixture();
        await objects.PutAsync("a", Content, For(Content, life: TimeSpan.FromHours(1)));
        var info = (await objects.Tier.StatAsync(Id("a"), CancellationToken.None)).Value!;
        Assert.Equal(Id("a"), info.Id);
        Assert.Equal(For(Content).ExpectedDigest, info.Digest);
        Assert.Equal(Content.Length, info.Size);
        Assert.Equal("gradle", info.Metadata.Tool);
        Assert.Equal("1", info.Metadata.Find("a"));
        Assert.Equal(objects.Clock.GetUtcNow(), info.CreatedAt);
        Assert.Equal(objects.Clock.GetUtcNow().AddHours(1), info.ExpiresAt);
        string[] requests = [$"put? {KeyOf("a")}", $"get 0+4096 {KeyOf("a")}"];
        Assert.Equal(requests, objects.Store.Requests, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Stat_OfALongHead_LooksTwice()
    {
        await using var objects = new ObjectFixture();
        var metadata = new ArtifactMetadata { Tool = "t", Properties = [new("long", new string('x', 10_000))] };
        await objects.PutAsync("a", Content, For(Content) with { Metadata = metadata });
        var info = (await objects.Tier.StatAsync(Id("a"), CancellationToken.None)).Value;
        Assert.Equal(10_000, info?.Metadata.Find("long")?.Length);
        Assert.Equal(2, objects.Store.Count("get"));
        Assert.Equal(Content, await objects.ReadAsync("a"));
    }

    [Fact]
    public async Task Miss_OfWhatIsNotThere_IsAValue()
    {
        await using var objects = new ObjectFixture();
        Assert.Null(await objects.GetAsync("a"));
        Assert.Null((await objects.Tier.StatAsync(Id("a"), CancellationToken.None)).Value);
        Assert.False((await objects.Tier.DeleteAsync(Id("a"), CancellationToken.None)).Value);
    }

    [Fact]
    public async Task Get_OfAnExpiredEntry_IsAMissThatTheNextWriteReplaces()
    {
        await using var objects = new ObjectFixture();
        await objects.PutAsync("a", Content, For(Content, life: TimeSpan.FromMinutes(2)));
        objects.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(await objects.GetAsync("a"));
        Assert.Equal([false], await objects.ContainsAsync("a"));
        Assert.Equal(PutOutcome.Stored, (await objects.PutAsync("a", Content)).Value);
        Assert.Equal(Content, await objects.ReadAsync("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("FOBJ")]
    [InlineData("something else that lies there and is long enough to be a header")]
    public async Task Get_OfAForeignObject_IsAMissThatTheNextWriteReplaces(string foreign)
    {
        await using var objects = new ObjectFixture();
        objects.Store.Objects[KeyOf("a")] = System.Text.Encoding.UTF8.GetBytes(foreign);
        Assert.Null(await objects.GetAsync("a"));
        Assert.Equal(PutOutcome.Stored, (await objects.PutAsync("a", Content)).Value);
        Assert.Equal(Content, await objects.ReadAsync("a"));
    }

    [Fact]
    public async Task Put_OverAForeignObjectThatNobodyKnewOf_ReplacesItAtTheSecondTry()
    {
        await using var objects = new ObjectFixture();
        objects.Store.Objects[KeyOf("a")] = new byte[100];
        var first = await objects.PutAsync("a", Content);
        Assert.Equal(CacheErrorKind.Unavailable, first.Error?.Kind);
        Assert.True(first.Error?.Retryable);
        Assert.Equal(PutOutcome.Stored, (await objects.PutAsync("a", Content)).Value);
    }

    [Fact]
    public async Task Get_OfAnObjectUnderAnotherOnesKey_IsAMiss()
    {
        await using var objects = new ObjectFixture();
        await objects.PutAsync("a", Content);
        objects.Store.Objects[KeyOf("b")] = objects.Store.Objects[KeyOf("a")];
        Assert.Null(await objects.GetAsync("b"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Get_OfAnObjectOfTheWrongLength_IsAMiss(int more)
    {
        await using var objects = new ObjectFixture();
        await objects.PutAsync("a", Content);
        var bytes = objects.Store.Objects[KeyOf("a")];
        Array.Resize(ref bytes, bytes.Length + more);
        objects.Store.Objects[KeyOf("a")] = bytes;
        Assert.Null(await objects.GetAsync("a"));
    }

    [Fact]
    public async Task Copy_OfDamagedContent_HoldsTheLastPieceBack()
    {
        await using var objects = new ObjectFixture();
        await objects.PutAsync("a", Content);
        objects.Store.Objects[KeyOf("a")][^1] ^= 1;
        await using var artifact = await objects.GetAsync("a");
        var (bytes, error) = await CopyAsync(artifact!, 0, Content.Length);
        Assert.Equal((CacheErrorKind.DigestMismatch, CacheErrorSource.Upstream), (error!.Kind, error.Source));
        Assert.InRange(bytes.Length, 0, Content.Length - 1);
        Assert.Equal(PutOutcome.Stored, (await objects.PutAsync("a", Content)).Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_OfAPart_IsARequestForIt(bool hasTags)
    {
        await using var objects = new ObjectFixture(new MemoryObjectStore { HasTags = hasTags });
        await objects.PutAsync("a", Content);
        await using var artifact = await objects.GetAsync("a");
        var (bytes, error) = await CopyAsync(artifact!, 150_000, 1000);
        Assert.Null(error);
        Assert.Equal(Content[150_000..151_000], bytes);
        Assert.Equal(hasTags ? 2 : 3, objects.Store.Count("get"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_OfAPartOfAnObjectThatWasReplaced_IsAnError(bool hasTags)
    {
        await using var objects = new ObjectFixture(new MemoryObjectStore { HasTags = hasTags });
        await objects.PutAsync("a", Content);
        await using var artifact = await objects.GetAsync("a");
        var other = Bytes(300_000);
        await objects.PutAsync("a", other, For(other, overwrite: true));
        var (bytes, error) = await CopyAsync(artifact!, 150_000, 1000);
        Assert.Equal((CacheErrorKind.Incomplete, CacheErrorSource.Upstream), (error!.Kind, error.Source));
        Assert.Empty(bytes);
    }

    [Fact]
    public async Task Copy_Twice_AsksAgain()
    {
        await using var objects = new ObjectFixture();
        await objects.PutAsync("a", Content);
        await using var artifact = await objects.GetAsync("a");
        Assert.Equal(Content, (await CopyAsync(artifact!, 0, Content.Length)).Bytes);
        Assert.Equal(Content, (await CopyAsync(artifact!, 0, Content.Length)).Bytes);
    }

    [Fact]
    public async Task Put_OfWhatIsThere_KeepsIt()
    {
        await using var objects = new ObjectFixture();
        var other = Bytes(10);
        await objects.PutAsync("a", Content);
        Assert.Equal(PutOutcome.Identical, (await objects.PutAsync("a", Content)).Value);
        Assert.Equal(PutOutcome.Kept, (await objects.PutAsync("a", other)).Value);
        Assert.Equal(1, objects.Store.Count("put"));
        await using var stranger = new ObjectFixture(objects.Store);
        Assert.Equal(PutOutcome.Identical, (await stranger.PutAsync("a", Content)).Value);
        objects.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(PutOutcome.Kept, (await objects.PutAsync("a", other)).Value);
        Assert.Equal(3, objects.Store.Count("put?"));
    }

    [Fact]
    public async Task Put_WithOverwrite_ReplacesOtherContentOnly()
    {
        await using var objects = new ObjectFixture();
        var other = Bytes(10);
        await objects.PutAsync("a", Content);
        Assert.Equal(PutOutcome.Stored, (await objects.PutAsync("a", other, For(other, overwrite: true))).Value);
        Assert.Equal(PutOutcome.Identical, (await objects.PutAsync("a", other, For(other, overwrite: true))).Value);
        Assert.Equal(1, objects.Store.Count("put!"));
        Assert.Equal(other, await objects.ReadAsync("a"));
    }

    [Theory]
    [InlineData(-1, CacheErrorKind.Incomplete)]
    [InlineData(1, CacheErrorKind.Incomplete)]
    [InlineData(0, CacheErrorKind.DigestMismatch)]
    public async Task Put_OfABodyThatIsNotTheAnnouncedOne_StoresNothing(int more, CacheErrorKind kind)
    {
        await using var objects = new ObjectFixture();
        foreach (var length in (int[])[1, 100_000])
        {
            var body = new byte[length + more];
            var put = await objects.PutAsync("a", body, For(Bytes(length).Select(b => (byte)(b + 1)).ToArray()));
            Assert.Equal((kind, CacheErrorSource.Client), (put.Error!.Kind, put.Error.Source));
            Assert.Empty(objects.Store.Objects);
        }
    }

    [Fact]
    public async Task Put_OfAnEmptyBodyThatIsNotEmptyOrHasAnotherDigest_StoresNothing()
    {
        await using var objects = new ObjectFixture();
        var more = await objects.PutAsync("a", Content, For([]));
        Assert.Equal(CacheErrorKind.Incomplete, more.Error?.Kind);
        var other = await objects.PutAsync("a", [], For([]) with { ExpectedDigest = For(Content).ExpectedDigest });
        Assert.Equal(CacheErrorKind.DigestMismatch, other.Error?.Kind);
        Assert.Empty(objects.Store.Objects);
    }

    [Fact]
    public async Task Put_OfABodyWhoseSenderGoesAway_StoresNothing()
    {
        await using var objects = new ObjectFixture();
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Content.AsMemory(0, 1000));
        await pipe.Writer.CompleteAsync(new IOException("gone"));
        var put = await objects.Tier.PutAsync(Id("a"), pipe.Reader, For(Content), CancellationToken.None);
        Assert.Equal((CacheErrorKind.Incomplete, CacheErrorSource.Client), (put.Error!.Kind, put.Error.Source));
        Assert.Empty(objects.Store.Objects);
    }

    [Fact]
    public async Task Put_WithoutSizeOrDigest_IsAnInvalidRequest()
    {
        await using var objects = new ObjectFixture();
        var unsized = await objects.PutAsync("a", Content, For(Content) with { ExpectedSize = null });
        var undigested = await objects.PutAsync("a", Content, For(Content) with { ExpectedDigest = null });
        var large = await objects.PutAsync("a", Content, For(Content) with { MaxSize = 10 });
        Assert.Equal(CacheErrorKind.InvalidRequest, unsized.Error?.Kind);
        Assert.Equal(CacheErrorKind.InvalidRequest, undigested.Error?.Kind);
        Assert.Equal(CacheErrorKind.TooLarge, large.Error?.Kind);
        Assert.Empty(objects.Store.Requests);
    }

    [Theory]
    [InlineData(CacheErrorKind.Overloaded)]
    [InlineData(CacheErrorKind.Denied)]
    public async Task Fault_OfTheStore_IsTheAnswer(CacheErrorKind kind)
    {
        await using var objects = new ObjectFixture();
        objects.Store.Fault = kind;
        Assert.Equal(kind, (await objects.Tier.GetAsync(Id("a"), CancellationToken.None)).Error?.Kind);
        Assert.Equal(kind, (await objects.Tier.StatAsync(Id("a"), CancellationToken.None)).Error?.Kind);
        Assert.Equal(kind, (await objects.PutAsync("a", Content)).Error?.Kind);
        Assert.Equal(kind, (await objects.Tier.DeleteAsync(Id("a"), CancellationToken.None)).Error?.Kind);
        var found = new bool[1];
        ArtifactId[] ids = [Id("a")];
        Assert.Equal(kind, (await objects.Tier.ContainsAsync(ids, found, CancellationToken.None)).Error?.Kind);
    }

    [Fact]
    public async Task Delete_OfAnEntry_RemovesIt()
    {
        await using var objects = new ObjectFixture();
        await objects.PutAsync("a", Content);
        Assert.True((await objects.Tier.DeleteAsync(Id("a"), CancellationToken.None)).Value);
        Assert.Null(await objects.GetAsync("a"));
        Assert.Equal([false], await objects.ContainsAsync("a"));
    }

    [Fact]
    public async Task Delete_WhereTheStoreCannot_IsReadOnly()
    {
        await using var objects = new ObjectFixture(
            new MemoryObjectStore { Traits = new ObjectStoreTraits(false, false, true) });
        var deleted = await objects.Tier.DeleteAsync(Id("a"), CancellationToken.None);
        Assert.Equal(CacheErrorKind.ReadOnly, deleted.Error?.Kind);
    }

    [Fact]
    public async Task Tier_AfterItsEnd_SaysSo()
    {
        var objects = new ObjectFixture();
        await objects.DisposeAsync();
        await objects.DisposeAsync();
        Assert.True(objects.Store.IsDisposed);
        var got = await objects.Tier.GetAsync(Id("a"), CancellationToken.None);
        Assert.Equal(CacheErrorKind.ShuttingDown, got.Error?.Kind);
    }
}
