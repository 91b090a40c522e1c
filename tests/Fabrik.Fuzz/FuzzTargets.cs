using Fabrik.Fuzz.Targets;
using Fabrik.Settings.Files;
using Fabrik.Wire.Memcached;

namespace Fabrik.Fuzz;

/// <summary>Every target, one line each; the unit tests smoke-run all of them.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new ArtifactIdTarget(),
        new SettingsFormatTarget("settings-json", JsonFormat.Parse, SettingsFormatTarget.JsonSeeds),
        new SettingsFormatTarget("settings-yaml", YamlFormat.Parse, SettingsFormatTarget.YamlSeeds),
        new SettingValueTarget(),
        new TomlTarget(),
        new BlobReaderTarget(),
        new InlineCodecTarget(),
        new ObjectEnvelopeTarget(),
        new HttpRangeTarget(),
        new HttpRangesTarget(),
        new ContentRangeTarget(),
        new HttpDateTarget(),
        new CacheControlTarget(),
        new TargetedFieldTarget(),
        new SelectingFieldTarget(),
        new LocationTarget(),
        new EntityTagsTarget(),
        new DigestFieldsTarget(),
        new HttpPathTarget(),
        new TurborepoQueryTarget(),
        new ChunkCodecTarget(),
        new DigestMessagesTarget(),
        new ResourceNameTarget(),
        new FastCdc2020Target(),
        new GrpcFrameTarget(),
        new GrpcFieldsTarget(),
        new TokenTarget(),
        new JwksTarget(),
        new PemKeysTarget(),
        new S3TargetTarget(),
        new S3SignatureTarget(),
        new AwsChunkedTarget(),
        new S3ChecksumTarget(),
        new S3XmlTarget(),
        new MemcachedCommandTarget("memcached-line", MemcachedProtocol.Text, MemcachedCommandTarget.Lines),
        new MemcachedCommandTarget("memcached-packet", MemcachedProtocol.Binary, MemcachedCommandTarget.Packets),
        new MemcachedReplyTarget(),
        new MemcachedRewriteTarget(),
    ];
}
