using Fabrik.Composition;
using Fabrik.Server.Adapters.S3;
using Fabrik.Server.Auth;
using Fabrik.Settings;
using Fabrik.Settings.Reload;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Composition;

/// <summary>What a configuration makes of the S3 API, and what it must not say.</summary>
public sealed class S3AccessTests : IDisposable
{
    private const string Configuration = """
        [build_tools.s3]
        domains = ["s3.example.com"]
        region = "eu-1"
        [[build_tools.s3.buckets]]
        name = "one"
        ttl = "7d"
        [[build_tools.s3.buckets]]
        name = "two"
        [[build_tools.s3.access_keys]]
        access_key = "AK"
        secret_key = "hidden"
        permissions = ["cache:read"]
        tenant = "acme"
        """;

    private readonly SettingsFixture _fixture = new();

    [Fact]
    public void Of_NothingSet_IsOneBucketForEverybody()
    {
        S3Options options = S3Access.Of(_fixture.Load());
        Assert.Equal(S3Options.DefaultBucket, Assert.Single(options.Buckets).Name);
        Assert.Empty(options.AccessKeys);
    }

    [Fact]
    public void Of_TheDocumentedShape_HasBucketsAndKeys()
    {
        _fixture.Folder.Write("fabrik.toml", Configuration);
        S3Options options = S3Access.Of(_fixture.Load());
        Assert.Equal(["one", "two"], options.Buckets.Select(bucket => bucket.Name), StringComparer.Ordinal);
        Assert.Equal([TimeSpan.FromDays(7), null], options.Buckets.Select(bucket => bucket.TimeToLive));
        S3AccessKey key = Assert.Single(options.AccessKeys);
        Assert.Equal("AK", key.ToString());
        Assert.Equal(Permissions.Read, key.Principal.Permissions);
        Assert.Equal("acme", key.Principal.Tenant);
        Assert.Equal("eu-1", options.Region);
    }

    [Theory]
    [InlineData("buckets", "name = \"a\"", "build_tools.s3.buckets[0].name: expected the name of a bucket, found")]
    [InlineData("buckets", "name = \"abc\"\n[[build_tools.s3.buckets]]\nname = \"abc\"", "is there twice: \"abc\"")]
    [InlineData("access_keys", "access_key = \"a,b\"\nsecret_key = \"x\"", "expected an id without comma")]
    [InlineData("access_keys", "access_key = \"a\"", "build_tools.s3.access_keys[0].secret_key")]
    public void Load_WhatIsWrong_IsRefusedWithItsPlace(string section, string toml, string problem)
    {
        _fixture.Folder.Write("fabrik.toml", $"[[build_tools.s3.{section}]]\n{toml}");
        Assert.Contains(problem, Assert.Single(_fixture.Errors()), StringComparison.Ordinal);
    }

    [Fact]
    public void Change_OfKeysAndBuckets_NeedsNoRestart()
    {
        _fixture.Folder.Write("fabrik.toml", "");
        EffectiveSettings before = _fixture.Load();
        _fixture.Folder.Write("fabrik.toml", Configuration);
        IReadOnlyList<SettingChange> changes = SettingChange.Between(before, _fixture.Load());
        Assert.Equal(4, changes.Count);
        Assert.All(changes, change => Assert.True(change.IsHot, change.Key));
    }

    public void Dispose() => _fixture.Dispose();
}
