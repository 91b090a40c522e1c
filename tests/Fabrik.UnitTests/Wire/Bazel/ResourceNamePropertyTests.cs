using Fabrik.Wire.Bazel;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Fabrik.UnitTests.Wire.Bazel;

public sealed class ResourceNamePropertyTests
{
    private static readonly Gen<string> Instances = Gen.Elements("a", "main", "Blobs", "sha256", "zstd", "é 1", "-_.~")
        .ListOf()
        .Select(static segments => string.Join('/', segments))
        .Where(static name => InstanceName.IsValid(name, out _));

    private static readonly Gen<string?> UploadIds = Gen.Elements<string?>(
        null, "0b9d1a52-7a5c-4b7e-9d7e-1f1f6c0c8a11", "blobs", "uploads", "{1}", "!");

    private static readonly Gen<BlobDigest> Digests =
        from letter in Gen.Elements('0', '9', 'a', 'f')
        from size in Gen.Elements(1, 5, 1L << 40, long.MaxValue)
        select Digest(new string(letter, BlobDigest.HashLength), size);

    private static readonly Gen<ResourceName> Names =
        from instance in Instances
        from id in UploadIds
        from digest in Gen.OneOf(Digests, Gen.Constant(BlobDigest.Empty))
        from coding in Gen.Elements(BlobCoding.Identity, BlobCoding.Zstd)
        select id is null
            ? ResourceName.ForRead(instance, digest, coding)
            : ResourceName.ForWrite(instance, id, digest, coding);

    [Fact]
    public void TryParse_FormattedName_IsTheSame() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(Names.ToArbitrary(), static name => Parse(name, name.ToString()) == name));

    [Fact]
    public void TryParse_NameOfTheOtherKind_IsRefused() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Names.ToArbitrary(), static name => name.UploadId is null
            ? !ResourceName.TryParseWrite(name.ToString(), out _, out _)
            : !ResourceName.TryParseRead(name.ToString(), out _, out _)));

    [Fact]
    public void TryParseWrite_Metadata_ChangesNothing() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(
            Names.Where(static name => name.UploadId is not null).ToArbitrary(),
            Gen.Elements("", "x", "a/b", "/", "blobs/uploads").ToArbitrary(),
            static (name, metadata) => Parse(name, $"{name}/{metadata}") == name));

    private static ResourceName Parse(ResourceName kind, string text)
    {
        var isRead = kind.UploadId is null;
        Assert.True(
            isRead
                ? ResourceName.TryParseRead(text, out var parsed, out var error)
                : ResourceName.TryParseWrite(text, out parsed, out error),
            error);
        return parsed;
    }

    private static BlobDigest Digest(string hash, long size)
    {
        Assert.True(BlobDigest.TryParse(hash, size, out var digest, out var error), error);
        return digest;
    }
}
