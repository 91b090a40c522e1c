using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Xunit;

namespace Fabrik.UnitTests.Wire.Protos.Fabrik;

/// <summary>Small parts of the protocol, and the numbers that must never change.</summary>
public sealed class FabrikMessageTests
{
    private const string Frozen =
        """
        ExistsRequest hash=1
        ExistsResponse exists=1 size_bytes=2 metadata=3 digest=4 created_unix_ms=5 expires_unix_ms=6
        GetRequest hash=1 offset=2 limit=3 allow_missing=4
        GetResponse chunk=1 metadata=2 size_bytes=3 digest=4 created_unix_ms=5 expires_unix_ms=6
        PutRequest hash=1 chunk=2 metadata=3 size_bytes=4 digest=5 overwrite=6 ttl_ms=7
        PutResponse success=1 size_bytes=2 outcome=3 digest=4
        DeleteRequest hash=1
        DeleteResponse success=1 existed=2
        GetStatsRequest since_timestamp=1
        GetStatsResponse cache_hits=1 cache_misses=2 artifact_count=3 total_bytes=4 uptime_seconds=5 counted_since=6
        BatchExistsRequest hashes=1
        BatchExistsResponse found=1
        TouchRequest hashes=1
        TouchResponse found=1
        HelloRequest version=1 client=2
        HelloResponse version=1 oldest_version=2 server=3 max_batch=4 max_artifact_bytes=5 max_chunk_bytes=6
          unix_ms=7 permissions=8
        """;

    [Fact]
    public void Fields_OfTheProtocol_KeepTheirNumbers() => Assert.Equal(
        Frozen.Replace("\n  ", " ", StringComparison.Ordinal).Split('\n'),
        CacheReflection.Descriptor.MessageTypes.Select(Describe),
        StringComparer.Ordinal);

    [Fact]
    public void Methods_OfTheService_AreTheOnesThatAreDefined()
    {
        var methods = new FabrikCacheMethods();
        Assert.Equal(FabrikContract.Service, Service.FullName);
        Assert.Equal(
            Service.Methods.Select(method => $"/{Service.FullName}/{method.Name}"),
            [
                FabrikCacheMethods.Exists.FullName,
                methods.Get.FullName,
                methods.Put.FullName,
                FabrikCacheMethods.Delete.FullName,
                FabrikCacheMethods.GetStats.FullName,
                FabrikCacheMethods.BatchExists.FullName,
                FabrikCacheMethods.Touch.FullName,
                FabrikCacheMethods.Hello.FullName,
            ],
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(10_001)]
    public void FoundBits_OfAnyCount_AreReadBack(int count)
    {
        var random = new Random(count);
        var found = new bool[count];
        for (var i = 0; i < count; i++)
        {
            found[i] = random.Next(2) == 1;
        }

        var bits = FoundBits.Pack(found);
        var read = new bool[count];

        Assert.True(FoundBits.TryUnpack(bits, read));
        Assert.Equal(found, read);
        Assert.False(FoundBits.TryUnpack([.. bits, 0], read));
    }

    [Fact]
    public void FoundBits_OfNineHashes_AreWhatIsSpecified() =>
        Assert.Equal<byte>(
            [0b1000_0001, 1], FoundBits.Pack([true, false, false, false, false, false, false, true, true]));

    [Fact]
    public void Metadata_WithNamesOfItsOwn_ComesBackUnchanged()
    {
        KeyValuePair<string, string>[] properties = [new(":tool", "x"), new("", "y"), new(":", "z"), new("key", "w")];
        var map = new MapField<string, string>();
        new EntryMetadata("nx", "k/1", properties).Write(map);

        Assert.True(EntryMetadata.TryRead(map, out var read));
        Assert.Equal("nx", read.Tool);
        Assert.Equal("k/1", read.Key);
        Assert.Equal(properties, read.Properties);
        Assert.Equal("nx", map[":tool"]);
    }

    [Fact]
    public void Metadata_OfStrangers_IsKeptAsProperties()
    {
        Assert.True(EntryMetadata.TryRead(new MapField<string, string> { ["build_system"] = "xcode" }, out var read));
        Assert.Equal(("", ""), (read.Tool, read.Key));
        Assert.Equal([new("build_system", "xcode")], read.Properties);
    }

    [Fact]
    public void Metadata_WithTooMuchOfIt_IsRefused()
    {
        var many = new MapField<string, string>();
        for (var i = 0; i <= FabrikContract.MaxMetadataEntries; i++)
        {
            many[$"{i}"] = "";
        }

        Assert.False(EntryMetadata.TryRead(many, out _));
        Assert.False(EntryMetadata.TryRead(
            new MapField<string, string> { ["a"] = new string('b', FabrikContract.MaxMetadataLength) }, out _));
    }

    private static ServiceDescriptor Service => CacheReflection.Descriptor.Services.Single();

    private static string Describe(MessageDescriptor message) => string.Join(
        ' ',
        message.Fields.InFieldNumberOrder()
            .Select(field => $"{field.Name}={field.FieldNumber}")
            .Prepend(message.Name));
}
