using Fabrik.Wire.Bazel;
using Xunit;

namespace Fabrik.UnitTests.Wire.Bazel;

public sealed class ResourceNameTests
{
    private const string Hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private const string Uuid = "0b9d1a52-7a5c-4b7e-9d7e-1f1f6c0c8a11";

    [Theory]
    [InlineData($"blobs/{Hash}/5", "", BlobCoding.Identity)]
    [InlineData($"main/blobs/{Hash}/5", "main", BlobCoding.Identity)]
    [InlineData($"a/b/c/blobs/sha256/{Hash}/5", "a/b/c", BlobCoding.Identity)]
    [InlineData($"compressed-blobs/zstd/{Hash}/005", "", BlobCoding.Zstd)]
    [InlineData($"a/b/compressed-blobs/zstd/sha256/{Hash}/5", "a/b", BlobCoding.Zstd)]
    public void TryParseRead_GoodName_IsItsParts(string name, string instance, BlobCoding coding)
    {
        Assert.True(ResourceName.TryParseRead(name, out var resource, out var error), error);
        Assert.Equal((instance, null, coding), (resource.Instance, resource.UploadId, resource.Coding));
        Assert.Equal((Hash, 5L), (resource.Digest.Hash, resource.Digest.Size));
    }

    [Theory]
    [InlineData($"uploads/{Uuid}/blobs/{Hash}/5", "", BlobCoding.Identity)]
    [InlineData($"uploads/{Uuid}/blobs/{Hash}/5/", "", BlobCoding.Identity)]
    [InlineData($"a/b/uploads/{Uuid}/blobs/{Hash}/5/some/metadata//blobs", "a/b", BlobCoding.Identity)]
    [InlineData($"main/uploads/{Uuid}/blobs/sha256/{Hash}/5/x", "main", BlobCoding.Identity)]
    [InlineData($"uploads/{Uuid}/compressed-blobs/zstd/{Hash}/5", "", BlobCoding.Zstd)]
    [InlineData($"main/uploads/{Uuid}/compressed-blobs/zstd/sha256/{Hash}/5/x", "main", BlobCoding.Zstd)]
    public void TryParseWrite_GoodName_IsItsPartsWithoutMetadata(string name, string instance, BlobCoding coding)
    {
        Assert.True(ResourceName.TryParseWrite(name, out var resource, out var error), error);
        Assert.Equal((instance, Uuid, coding), (resource.Instance, resource.UploadId, resource.Coding));
        Assert.Equal((Hash, 5L), (resource.Digest.Hash, resource.Digest.Size));
    }

    [Theory]
    [InlineData("", "it has no \"blobs\"")]
    [InlineData("blobs", "it has no \"blobs\"")]
    [InlineData($"main/{Hash}/5", "it has no \"blobs\"")]
    [InlineData($"/blobs/{Hash}/5", "begins with a slash")]
    [InlineData($"a//blobs/{Hash}/5", "empty segment")]
    [InlineData($"actions/blobs/{Hash}/5", "the segment \"actions\"")]
    [InlineData($"uploads/{Uuid}/blobs/{Hash}/5", "expected {instance/}blobs/{hash}/{size} or")]
    [InlineData($"blobs/{Hash}", "\"\" is no size")]
    [InlineData($"blobs/{Hash}/", "\"\" is no size")]
    [InlineData($"blobs/{Hash}/+5", "\"+5\" is no size")]
    [InlineData($"blobs/{Hash}/-5", "\"-5\" is no size")]
    [InlineData($"blobs/{Hash}/ 5", "\" 5\" is no size")]
    [InlineData($"blobs/{Hash}/٣", "\"٣\" is no size")]
    [InlineData($"blobs/{Hash}/9223372036854775808", "9223372036854775807 at most")]
    [InlineData($"blobs/{Hash}/0", "no blob of 0 bytes")]
    [InlineData($"blobs/{Hash}/5/", "\"\" follows the size")]
    [InlineData($"blobs/{Hash}/5/x", "\"x\" follows the size")]
    [InlineData($"blobs/blake3/{Hash}/5", "the digest function \"blake3\" is not served: only sha256")]
    [InlineData($"blobs/sha256tree/{Hash}/5", "the digest function \"sha256tree\" is not served")]
    [InlineData("blobs/da39a3ee5e6b4b0d3255bfef95601890afd80709/5", "is no SHA-256")]
    [InlineData("blobs/2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824/5", "lower-case")]
    [InlineData($"compressed-blobs/{Hash}/5", "the compressor")]
    [InlineData($"compressed-blobs/deflate/{Hash}/5", "the compressor \"deflate\" is not served: expected \"zstd\"")]
    [InlineData($"compressed-blobs/brotli/{Hash}/5", "the compressor \"brotli\" is not served")]
    [InlineData($"compressed-blobs/identity/{Hash}/5", "\"identity\" is no compressor")]
    [InlineData($"compressed-blobs/ZSTD/{Hash}/5", "the compressor \"ZSTD\" is not served")]
    [InlineData($"a\0b/blobs/{Hash}/5", "U+0000")]
    public void TryParseRead_BadName_IsRefusedWithTheReason(string name, string reason)
    {
        Assert.False(ResourceName.TryParseRead(name, out var resource, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(default, resource);
    }

    [Theory]
    [InlineData($"blobs/{Hash}/5", "expected {instance/}uploads/{uuid}/blobs")]
    [InlineData("uploads", "it has no")]
    [InlineData($"uploads//blobs/{Hash}/5", "\"\" is no UUID")]
    [InlineData($"uploads/a b/blobs/{Hash}/5", "\"a b\" is no UUID")]
    [InlineData($"uploads/{Hash}x/blobs/{Hash}/5", "expected 1 to 64 visible characters")]
    [InlineData($"uploads/{Uuid}", "\"\" follows the UUID")]
    [InlineData($"uploads/{Uuid}/{Hash}/5", "follows the UUID")]
    [InlineData($"uploads/{Uuid}/uploads/{Hash}/5", "\"uploads\" follows the UUID")]
    [InlineData($"uploads/{Uuid}/blobs/md5/{Hash}/5", "\"md5\" is not served")]
    [InlineData($"uploads/{Uuid}/blobs/{Hash}/x", "\"x\" is no size")]
    [InlineData($"a/../uploads/{Uuid}/blobs/{Hash}/5", "the segment \"..\"")]
    public void TryParseWrite_BadName_IsRefusedWithTheReason(string name, string reason)
    {
        Assert.False(ResourceName.TryParseWrite(name, out var resource, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(default, resource);
    }

    [Fact]
    public void TryParse_LongName_IsTakenUpToTheLimit()
    {
        var name = $"uploads/{Uuid}/blobs/{Hash}/5/".PadRight(ResourceName.MaxLength, 'm');
        Assert.True(ResourceName.TryParseWrite(name, out _, out _));
        Assert.False(ResourceName.TryParseWrite(name + "m", out _, out var error));
        Assert.Equal("the resource name has 4097 characters: expected 4096 at most", error);
    }

    [Fact]
    public void TryParse_LongBadName_IsShownInPart()
    {
        Assert.False(ResourceName.TryParseRead(new string('x', 4000), out _, out var error));
        Assert.InRange(error.Length, 200, 400);
    }

    [Fact]
    public void ForRead_BadInstance_IsRefused() =>
        Assert.Throws<ArgumentException>("instance", () => ResourceName.ForRead("a/blobs", BlobDigest.Empty));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("ü")]
    public void ForWrite_BadUploadId_IsRefused(string id) =>
        Assert.Throws<ArgumentException>("uploadId", () => ResourceName.ForWrite("", id, BlobDigest.Empty));

    [Fact]
    public void ToString_EmptyBlob_IsTheShortestName() => Assert.Equal(
        "blobs/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/0",
        default(ResourceName).ToString());
}
