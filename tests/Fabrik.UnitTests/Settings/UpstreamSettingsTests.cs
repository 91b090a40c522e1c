using Fabrik.Cache.Layers;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Xunit;

namespace Fabrik.UnitTests.Settings;

/// <summary>What a configuration says of upstreams, and what it must not say.</summary>
public sealed class UpstreamSettingsTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    [Fact]
    public void Load_TheDocumentedShape_GivesTheUpstreamsInOrder()
    {
        Write("""
            [[upstream]]
            url = "grpc://cache.example.com:7070"
            timeout = "30s"
            write_through = true
            [[upstream]]
            url = "s3://builds/customer-{customer_id}/"
            name = "archive"
            permanent = true
            write_through = "sync"
            workers = 20
            [[upstream]]
            url = "https://mirror.example.com/cache"
            read_only = true
            write_through = false
            """);
        EffectiveSettings[] items = [.. _fixture.Load().Items(UpstreamSettings.Section)];
        Assert.Equal(
            ["grpc://cache.example.com:7070", "archive", "https://mirror.example.com/cache"],
            items.Select(UpstreamRules.NameOf), StringComparer.Ordinal);
        Assert.Equal(
            [WriteThrough.Queued, WriteThrough.Sync, WriteThrough.Off],
            items.Select(item => item.Get(UpstreamSettings.WriteThrough)));
        Assert.Equal(20, items[1].Get(UpstreamSettings.Workers));
    }

    [Theory]
    [InlineData("url = \"ftp://x\"", "upstream[0].url: expected a URL that begins with grpc://")]
    [InlineData("url = \"s3:///prefix\"", "upstream[0].url: expected a bucket after s3://")]
    [InlineData("url = \"grpc://a\"\nread_only = true\nwrite_only = true", "upstream[0].write_only: expected only one")]
    [InlineData(
        "url = \"grpc://a\"\nwrite_only = true\nwrite_through = false", "upstream[0].write_through: expected true or")]
    [InlineData("url = \"s3://a\"\naccess_key = \"x\"", "upstream[0].secret_key: expected access_key and secret_key")]
    [InlineData("url = \"grpc://a\"\nendpoint = \"http://b\"", "upstream[0].endpoint: expected only with s3://")]
    [InlineData("url = \"grpc://a\"\nwrite_through = \"soon\"", "expected true, false or \"sync\", found \"soon\"")]
    [InlineData("url = \"grpc://a\"\n[[upstream]]\nurl = \"grpc://a\"", "upstream[1].url: expected a name of its own")]
    public void Load_WhatDoesNotFitTogether_IsRefusedWithItsPlace(string toml, string problem)
    {
        Write("[[upstream]]\n" + toml);
        Assert.Contains(problem, Assert.Single(_fixture.Errors()), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_S3AsTheBackend_NeedsABucket()
    {
        Write("cache.storage_backend = \"s3\"");
        Assert.Contains("expects an upstream", Assert.Single(_fixture.Errors()), StringComparison.Ordinal);
        Write("cache.storage_backend = \"s3\"\n[[upstream]]\nurl = \"s3://builds\"");
        Assert.Equal(StorageBackend.S3, _fixture.Load().Get(CacheSettings.StorageBackend));
    }

    [Fact]
    public void Load_FlagsOfOlderDocuments_MakeAnUpstream()
    {
        EffectiveSettings settings = _fixture.Load("--storage-backend=s3", "--s3-bucket=builds", "--s3-prefix=team/");
        EffectiveSettings upstream = Assert.Single(settings.Items(UpstreamSettings.Section));
        Assert.Equal("s3://builds", UpstreamRules.NameOf(upstream));
        Assert.Equal("team/", upstream.Get(UpstreamSettings.Prefix));
    }

    public void Dispose() => _fixture.Dispose();

    private void Write(string toml) => _fixture.Folder.Write("fabrik.toml", toml);
}
