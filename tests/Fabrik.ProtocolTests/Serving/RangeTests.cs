using System.Security.Cryptography;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>Ranges and conditions (RFC 9110, sections 13 and 14), in every way a body can be sent.</summary>
public sealed class RangeTests : IAsyncLifetime
{
    private const int Size = 10_000;

    private static readonly (string Range, int First, int Count)[] Good =
    [
        ("bytes=0-0", 0, 1), ("bytes=0-", 0, Size), ("bytes=5-9", 5, 5), ("bytes=9999-", 9999, 1),
        ("bytes=100-999999", 100, Size - 100), ("bytes=-1", Size - 1, 1), ("bytes=-50000", 0, Size),
        ("bytes=17-17000000000000000", 17, Size - 17),
    ];

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(Size);
    private RunningServer _server = null!;

    public static MatrixTheoryData<int, ArtifactForm> GoodRanges =>
        new(Enumerable.Range(0, Good.Length), Enum.GetValues<ArtifactForm>());

    private string Tag => $"\"{Convert.ToHexStringLower(SHA256.HashData(_content))}\"";

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.StatusAsync("PUT", Doors.Http, _content);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(GoodRanges))]
    public async Task Range_ThatIsThere_IsAllThatIsSent(int index, ArtifactForm form)
    {
        _server.Tier.Form = form;
        var (range, first, count) = Good[index];

        using var response = await _server.SendAsync("GET", Doors.Http, null, null, ("Range", range));

        Assert.Equal(206, (int)response.StatusCode);
        Assert.Equal($"bytes {first}-{first + count - 1}/{Size}", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(_content[first..(first + count)], await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=10000-")]
    [InlineData("bytes=10000-10001")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=99999999999999999999-")]
    public async Task Range_BehindTheEnd_IsNotSatisfiable(string range)
    {
        using var response = await _server.SendAsync("GET", Doors.Http, null, null, ("Range", range));

        Assert.Equal(416, (int)response.StatusCode);
        Assert.Equal("bytes */10000", response.Content.Headers.ContentRange!.ToString());
    }

    [Theory]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes=-")]
    [InlineData("lines=1-2")]
    public async Task Range_OfAnotherKind_IsIgnored(string range)
    {
        using var response = await _server.SendAsync("GET", Doors.Http, null, null, ("Range", range));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(_content, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Range_OnHead_IsIgnored()
    {
        using var response = await _server.SendAsync("HEAD", Doors.Http, null, null, ("Range", "bytes=0-1"));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(Size, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Range_OfAnEmptyArtifact_IsNotSatisfiable()
    {
        await _server.StatusAsync("PUT", "/http/empty", []);

        using var response = await _server.SendAsync("GET", "/http/empty", null, null, ("Range", "bytes=0-"));

        Assert.Equal(416, (int)response.StatusCode);
    }

    [Fact]
    public async Task IfRange_OfThisArtifact_LetsTheRangeHold()
    {
        using var same = await _server.SendAsync(
            "GET", Doors.Http, null, null, ("Range", "bytes=0-1"), ("If-Range", Tag));
        using var weak = await _server.SendAsync(
            "GET", Doors.Http, null, null, ("Range", "bytes=0-1"), ("If-Range", "W/" + Tag));
        using var other = await _server.SendAsync(
            "GET", Doors.Http, null, null, ("Range", "bytes=0-1"), ("If-Range", "\"x\""));

        Assert.Equal(206, (int)same.StatusCode);
        Assert.Equal(200, (int)weak.StatusCode);
        Assert.Equal(200, (int)other.StatusCode);
    }

    [Fact]
    public async Task IfNoneMatch_OfThisArtifact_IsNotModified()
    {
        foreach (var condition in new[] { Tag, "W/" + Tag, "*", $"\"x\", {Tag}" })
        {
            foreach (var method in new[] { "GET", "HEAD" })
            {
                using var response = await _server.SendAsync(
                    method, Doors.Http, null, null, ("If-None-Match", condition));
                Assert.Equal(304, (int)response.StatusCode);
                Assert.Equal(Tag, response.Headers.ETag!.Tag);
                Assert.Empty(await response.Content.ReadAsByteArrayAsync());
            }
        }
    }

    [Fact]
    public async Task IfNoneMatch_OfAnotherArtifact_IsSent()
    {
        using var response = await _server.SendAsync("GET", Doors.Http, null, null, ("If-None-Match", "\"x\", \"y\""));

        Assert.Equal(_content, await response.Content.ReadAsByteArrayAsync());
    }
}
