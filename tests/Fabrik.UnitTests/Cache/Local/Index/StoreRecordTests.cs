using System.Text;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Index;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local.Index;

/// <summary>Freezes the bytes of docs/formats/store.md: a change here is a new version of the format.</summary>
public sealed class StoreRecordTests
{
    private const string Digest = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private const string Place = "02" + Digest + "1027000000000000" + "d204000000000000" + "efbeadde" + "44332211"
        + "efcdab8967452301";

    private const string Entry = "01" + Place + "e6f04bee8f010000" + "0010a5d4e8000000"
        + "0600677261646c65" + "03006bc3a4" + "0100" + "010078" + "01003d";

    private const string ListedEntry = "02" + Place + "e6f04bee8f010000" + "0010a5d4e8000000"
        + "0600677261646c65" + "03006bc3a4" + "0400732fc3a4" + "0100" + "010078" + "01003d";

    private const string Counters = "01" + "0300000000000000" + "0200000000000000" + "e803000000000000"
        + "0a02000000000000" + "0200" + "0600677261646c65" + "0200000000000000" + "bc02000000000000"
        + "02006e78" + "0100000000000000" + "2c01000000000000";

    private static readonly BlobPlace ThePlace = new()
    {
        Form = BlobForm.Encoded,
        Digest = new ContentDigest(Convert.FromHexString(Digest)),
        Size = 10_000,
        StoredSize = 1234,
        Checksum = 0xdeadbeef,
        KeyTag = 0x11223344,
        Number = 0x0123456789abcdef,
    };

    private static readonly EntryRecord TheEntry = new(
        new EntryHead(ThePlace, CreatedAt: 1_717_689_905_382, ExpiresAt: 1_000_000_000_000),
        new ArtifactMetadata { Tool = "gradle", Key = "kä", Properties = [new("x", "=")] });

    public static TheoryData<string, byte> Forms => new()
    {
        { nameof(BlobForm.Inline), 0 },
        { nameof(BlobForm.Plain), 1 },
        { nameof(BlobForm.Encoded), 2 },
    };

    [Fact]
    public void EntryRecord_Bytes_AreFrozen()
    {
        Assert.Equal(Entry, Convert.ToHexStringLower(TheEntry.ToBytes()));
        Assert.Equal(Entry.Length / 2 + ArtifactId.Length, TheEntry.Cost);
        Assert.Equal(TheEntry.Cost, EntryRecord.CostOf(Convert.FromHexString(Entry)));

        var read = EntryRecord.Read(Convert.FromHexString(Entry), new ToolNames());

        Assert.NotNull(read);
        Assert.Equal(TheEntry.Head, read.Head);
        Assert.Equal(("gradle", "kä", "="), (read.Metadata.Tool, read.Metadata.Key, read.Metadata.Find("x")));
    }

    [Fact]
    public void EntryRecord_OfAListedEntry_IsFrozen()
    {
        var listed = TheEntry with { Metadata = TheEntry.Metadata with { Listing = "s/ä" } };
        var bytes = Convert.FromHexString(ListedEntry);

        Assert.Equal(ListedEntry, Convert.ToHexStringLower(listed.ToBytes()));
        Assert.Equal(ArtifactId.Length + bytes.Length + 16 + "kä"u8.Length + ArtifactId.Length, listed.Cost);
        Assert.Equal(listed.Cost, EntryRecord.CostOf(bytes));
        Assert.True(EntryRecord.IsListedAs(bytes, "s/ä"u8, "kä"u8));
        Assert.False(EntryRecord.IsListedAs(bytes, "s/ä"u8, "k"u8));
        Assert.False(EntryRecord.IsListedAs(Convert.FromHexString(Entry), ""u8, "kä"u8));

        var read = EntryRecord.Read(bytes, new ToolNames())!;

        Assert.Equal(listed.Head, read.Head);
        Assert.Equal(("s/ä", "kä", "="), (read.Metadata.Listing, read.Metadata.Key, read.Metadata.Find("x")));
        Assert.All(
            Enumerable.Range(0, bytes.Length), i => Assert.Null(EntryRecord.Read(bytes.AsSpan(0, i), new ToolNames())));
    }

    [Fact]
    public void EntryRecord_OfAListedEntry_KeepsTheWholeKey()
    {
        var key = new string('ä', 512);
        var metadata = new ArtifactMetadata { Tool = "s3", Key = key, Listing = "bucket" };

        Assert.Equal(
            key, EntryRecord.Read(new EntryRecord(TheEntry.Head, metadata).ToBytes(), new ToolNames())!.Metadata.Key);
    }

    [Fact]
    public void ListingKey_Bytes_AreFrozen()
    {
        // SHA-256 of "abc", FIPS 180-2 appendix B.1.
        Assert.Equal(
            "ba7816bf8f01cfea414140de5dae2223" + "6bc3a4",
            Convert.ToHexStringLower(ListingKey.Of(new ArtifactMetadata { Tool = "", Key = "kä", Listing = "abc" })));
    }

    [Fact]
    public void BlobRecord_Bytes_AreFrozen()
    {
        var record = new BlobRecord(ThePlace, References: 258);

        Assert.Equal("01" + Place + "02010000", Convert.ToHexStringLower(record.ToBytes()));
        Assert.Equal(record, BlobRecord.Read(record.ToBytes()));
    }

    [Fact]
    public void StoreCounters_Bytes_AreFrozen()
    {
        var counters = StoreCounters.Read(Convert.FromHexString(Counters))!;

        Assert.Equal(
            (3, 2, 1000, 522),
            (counters.Entries, counters.Blobs, counters.LogicalBytes, counters.StoredBytes));
        Assert.Equal((2, 700), (counters.ByTool["gradle"].Entries, counters.ByTool["gradle"].Bytes));
        Assert.Equal(Counters, Convert.ToHexStringLower(counters.ToBytes()));
    }

    [Fact]
    public void AccessRecord_Bytes_AreFrozen()
    {
        var bytes = new byte[AccessRecord.Length];
        new AccessRecord(LastAccess: 0x66a1b2c3, Frequency: 15).Write(bytes);

        Assert.Equal("c3b2a1660f", Convert.ToHexStringLower(bytes));
        Assert.Equal(new AccessRecord(0x66a1b2c3, 15), AccessRecord.Read(bytes));
    }

    [Fact]
    public void Keys_Bytes_AreFrozen()
    {
        var (expiry, value) = (new byte[ExpiryKey.Length], new byte[ValueKey.Length]);
        var id = new ArtifactId(Convert.FromHexString(Digest));
        ExpiryKey.Write(expiry, id, expiresAt: 1_000_000_000_000);
        ValueKey.Write(value, ThePlace);

        Assert.Equal("000000e8d4a51000" + Digest, Convert.ToHexStringLower(expiry));
        Assert.Equal(Digest + "0123456789abcdef", Convert.ToHexStringLower(value));
        Assert.Equal((id, 1_000_000_000_000), ExpiryKey.Read(expiry));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void BlobForm_Values_AreFrozen(string name, byte value) =>
        Assert.Equal(Enum.Parse<BlobForm>(name), (BlobForm)value);

    [Fact]
    public void StoreFamilies_Names_AreFrozen() => Assert.Equal(
        ["default", "entries", "blobs", "values", "expiry", "access", "listings"],
        StoreFamilies.All.Select(family => family.Name),
        StringComparer.Ordinal);

    [Fact]
    public void Read_OfBytesThatAreCutShort_IsNull()
    {
        var (entry, blob, counters) = (
            Convert.FromHexString(Entry), new BlobRecord(ThePlace, 1).ToBytes(), Convert.FromHexString(Counters));

        Assert.All(
            Enumerable.Range(0, entry.Length), i => Assert.Null(EntryRecord.Read(entry.AsSpan(0, i), new ToolNames())));
        Assert.All(Enumerable.Range(0, blob.Length), i => Assert.Null(BlobRecord.Read(blob.AsSpan(0, i))));
        Assert.All(Enumerable.Range(0, counters.Length), i => Assert.Null(StoreCounters.Read(counters.AsSpan(0, i))));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    public void Read_OfAnUnknownVersionOrForm_IsNull(int offset, byte value)
    {
        var (entry, blob) = (Convert.FromHexString(Entry), new BlobRecord(ThePlace, 1).ToBytes());
        (entry[offset], blob[offset]) = (value, value);

        Assert.Null(EntryRecord.Read(entry, new ToolNames()));
        Assert.Null(BlobRecord.Read(blob));
    }

    [Fact]
    public void Key_LongerThanIsKept_IsCut()
    {
        var metadata = new ArtifactMetadata { Tool = "nx", Key = new string('k', EntryRecord.MaxKey + 1) };
        var record = new EntryRecord(TheEntry.Head, metadata);

        var read = EntryRecord.Read(record.ToBytes(), new ToolNames())!;

        Assert.Equal(new string('k', EntryRecord.MaxKey), read.Metadata.Key);
        Assert.Equal(record.ToBytes().Length + ArtifactId.Length, record.Cost);
        Assert.Equal(Encoding.UTF8.GetByteCount(read.Metadata.Key), read.Metadata.Key.Length);
    }
}
