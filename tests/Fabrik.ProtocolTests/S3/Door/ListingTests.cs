using Amazon.S3;
using Amazon.S3.Model;
using Xunit;

namespace Fabrik.ProtocolTests.S3.Door;

/// <summary>Listings against a model: all keys in order, cut into pages.</summary>
public sealed class ListingTests : IAsyncLifetime
{
    private static readonly string[] Keys =
    [
        "a", "a/", "a/1", "a/2", "a/b/1", "a/b/2", "a/b/3", "b", "b-1", "b/1", "ba", "c//d", "ü/1", "z/1/2/3",
        .. Enumerable.Range(0, 40).Select(i => $"many/{i:D2}"),
        .. Enumerable.Range(0, 30).Select(i => $"deep/{i:D2}/x"),
    ];

    private S3Host _host = null!;
    private AmazonS3Client _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await S3Host.StartAsync();
        _client = _host.Sdk();
        foreach (var key in Keys)
        {
            var answer = await _host.SendAsync("PUT", $"/fabrik/{Fabrik.Wire.S3.S3Uri.EncodePath(key)}", "x");
            Assert.Equal(200, answer.Status);
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("", "", 1000)]
    [InlineData("", "/", 1000)]
    [InlineData("", "/", 1)]
    [InlineData("", "/", 2)]
    [InlineData("", "", 7)]
    [InlineData("a", "/", 1)]
    [InlineData("a/", "/", 2)]
    [InlineData("deep/", "/", 7)]
    [InlineData("many/", "", 40)]
    [InlineData("many/", "", 39)]
    [InlineData("", "any/", 5)]
    [InlineData("nothing", "/", 10)]
    public async Task Pages_TogetherAreAll(string prefix, string delimiter, int max)
    {
        var expected = Model(prefix, delimiter);

        Assert.Equal(expected, await WalkAsync(prefix, delimiter, max));
        Assert.Equal(expected, await WalkFirstVersionAsync(prefix, delimiter, max));
    }

    [Fact]
    public async Task MaxKeys_CountsPrefixesToo()
    {
        var page = await _client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = S3Host.Bucket, Delimiter = "/", MaxKeys = 3 }, Ct);

        Assert.Equal(3, page.KeyCount);
        Assert.True(page.IsTruncated);
    }

    [Fact]
    public async Task StartAfter_IsNotPartOfThePage()
    {
        var page = await _client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = S3Host.Bucket, StartAfter = "many/37" }, Ct);

        Assert.Equal(["many/38", "many/39", "z/1/2/3", "ü/1"], page.S3Objects.Select(item => item.Key).ToArray());
    }

    [Fact]
    public async Task MaxKeys_OfNothing_IsAnEmptyPage()
    {
        var answer = await _host.SendAsync("GET", "/fabrik?list-type=2&max-keys=0");

        Assert.Contains("<KeyCount>0</KeyCount>", answer.Body, StringComparison.Ordinal);
        Assert.Contains("<IsTruncated>false</IsTruncated>", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max-keys=-1")]
    [InlineData("max-keys=x")]
    [InlineData("encoding-type=base64")]
    [InlineData("continuation-token=%21")]
    [InlineData("continuation-token=")]
    [InlineData("prefix=%ff")]
    public async Task Query_ThatIsWrong_IsInvalidArgument(string query)
    {
        var answer = await _host.SendAsync("GET", $"/fabrik?list-type=2&{query}");

        Assert.Contains("<Code>InvalidArgument</Code>", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buckets_AreThoseOfTheConfiguration()
    {
        _host.Options = new() { Buckets = [new("one"), new("two")] };

        var list = await _client.ListBucketsAsync(Ct);
        await _client.PutBucketAsync("two", Ct);
        var location = await _client.GetBucketLocationAsync("one", Ct);
        var other = await Assert.ThrowsAsync<AmazonS3Exception>(() => _client.PutBucketAsync("three", Ct));

        Assert.Equal(["one", "two"], list.Buckets.Select(bucket => bucket.BucketName).ToArray());
        Assert.Equal("", location.Location?.Value ?? "");
        Assert.Equal("AccessDenied", other.ErrorCode);
    }

    [Theory]
    [InlineData("versioning", 200, "VersioningConfiguration")]
    [InlineData("acl", 200, "FULL_CONTROL")]
    [InlineData("policy", 404, "NoSuchBucketPolicy")]
    [InlineData("tagging", 404, "NoSuchTagSet")]
    [InlineData("object-lock", 404, "ObjectLockConfigurationNotFoundError")]
    [InlineData("encryption", 404, "ServerSideEncryptionConfigurationNotFoundError")]
    [InlineData("lifecycle", 404, "NoSuchLifecycleConfiguration")]
    [InlineData("versions", 501, "NotImplemented")]
    [InlineData("inventory", 501, "NotImplemented")]
    public async Task SubResource_OfABucket_IsAnswered(string name, int status, string part)
    {
        var answer = await _host.SendAsync("GET", $"/fabrik?{name}");

        Assert.Equal(status, answer.Status);
        Assert.Contains(part, answer.Body, StringComparison.Ordinal);
        Assert.Equal(501, (await _host.SendAsync("PUT", $"/fabrik?{name}", "x")).Status);
        System.Xml.Linq.XDocument.Parse(answer.Body);
    }

    private static List<string> Model(string prefix, string delimiter)
    {
        List<string> items = [];
        foreach (var key in Keys.Order(StringComparer.Ordinal)
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var at = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var item = at < 0 ? key : key[..(at + delimiter.Length)] + "*";
            if (items.Count == 0 || items[^1] != item)
            {
                items.Add(item);
            }
        }

        return items;
    }

    private async Task<List<string>> WalkAsync(string prefix, string delimiter, int max)
    {
        List<string> items = [];
        string? token = null;
        do
        {
            var page = await _client.ListObjectsV2Async(
                new ListObjectsV2Request
                {
                    BucketName = S3Host.Bucket,
                    Prefix = prefix,
                    Delimiter = delimiter,
                    MaxKeys = max,
                    ContinuationToken = token,
                },
                Ct);
            Add(items, page.S3Objects, page.CommonPrefixes, max);
            token = page.NextContinuationToken;
        }
        while (token is not null);

        return items;
    }

    private async Task<List<string>> WalkFirstVersionAsync(string prefix, string delimiter, int max)
    {
        List<string> items = [];
        string? marker = null;
        var hasMore = true;
        while (hasMore)
        {
            var page = await _client.ListObjectsAsync(
                new ListObjectsRequest
                {
                    BucketName = S3Host.Bucket,
                    Prefix = prefix,
                    Delimiter = delimiter,
                    MaxKeys = max,
                    Marker = marker,
                },
                Ct);
            Add(items, page.S3Objects, page.CommonPrefixes, max);
            hasMore = page.IsTruncated is true;
            marker = page.NextMarker ?? page.S3Objects?.LastOrDefault()?.Key;
        }

        return items;
    }

    private static void Add(List<string> items, List<S3Object>? objects, List<string>? prefixes, int max)
    {
        string[] page =
        [
            .. (objects ?? []).Select(item => item.Key).Concat((prefixes ?? []).Select(prefix => prefix + "*"))
                .Order(StringComparer.Ordinal),
        ];
        Assert.InRange(page.Length, 0, max);
        items.AddRange(page);
    }
}
