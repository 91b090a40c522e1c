using System.Xml.Linq;
using Fabrik.Cache;
using Fabrik.ProtocolTests.Serving;
using Xunit;

namespace Fabrik.ProtocolTests.Http;

/// <summary>The methods that only plain HTTP and WebDAV have.</summary>
public sealed class WebdavTests : IAsyncLifetime
{
    private static readonly XNamespace Dav = "DAV:";

    private RunningServer _server = null!;

    public static TheoryData<string> Paths => [Doors.Http, Doors.Cache, Doors.Ccache, Doors.Webdav];

    public static TheoryData<CacheErrorKind> Kinds => [.. Enum.GetValues<CacheErrorKind>()];

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Put_SaysWhetherItIsNew(string path)
    {
        Assert.Equal(201, await _server.StatusAsync("PUT", path, [1]));
        Assert.Equal(200, await _server.StatusAsync("PUT", path, [1]));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Delete_TakesTheArtifactAway(string path)
    {
        await _server.StatusAsync("PUT", path, [1]);

        Assert.Equal(403, await _server.StatusAsync("DELETE", path, token: "rw"));
        Assert.Equal(204, await _server.StatusAsync("DELETE", path, token: "all"));
        Assert.Equal(404, await _server.StatusAsync("DELETE", path, token: "all"));
        Assert.Equal(404, await _server.StatusAsync("GET", path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Options_NameEveryMethod(string path)
    {
        using var response = await _server.SendAsync("OPTIONS", path);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("1", response.Headers.GetValues("DAV").Single());
        Assert.Contains("PROPFIND", response.Content.Headers.Allow, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Propfind_OfAnArtifact_DescribesIt()
    {
        await _server.StatusAsync("PUT", "/webdav/a%20b/c", [1, 2, 3]);

        using var response = await _server.SendAsync("PROPFIND", "/webdav/a%20b/c", null, null, ("Depth", "0"));

        Assert.Equal(207, (int)response.StatusCode);
        var document = XDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("/webdav/a%20b/c", document.Descendants(Dav + "href").Single().Value);
        Assert.Equal("3", document.Descendants(Dav + "getcontentlength").Single().Value);
        Assert.Empty(document.Descendants(Dav + "collection"));
    }

    [Theory]
    [InlineData("/webdav/")]
    [InlineData("/webdav/pre/")]
    public async Task Propfind_OfAFolder_SaysThatItIsOne(string path)
    {
        using var response = await _server.SendAsync("PROPFIND", path, null, null, ("Depth", "0"));

        Assert.Equal(207, (int)response.StatusCode);
        var document = XDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Single(document.Descendants(Dav + "collection"));
    }

    [Fact]
    public async Task Propfind_OfNothing_IsNotFound()
    {
        using var response = await _server.SendAsync("PROPFIND", "/webdav/a", null, null, ("Depth", "0"));

        Assert.Equal(404, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("infinity")]
    [InlineData("")]
    public async Task Propfind_ThatWouldList_IsForbidden(string depth)
    {
        using var response = await _server.SendAsync("PROPFIND", "/webdav/", null, null, ("Depth", depth));

        Assert.Equal(403, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(CacheErrorKind.Damaged, 404)]
    [InlineData(CacheErrorKind.Timeout, 503)]
    public async Task Propfind_WithAFault_IsAnsweredAsARead(CacheErrorKind kind, int expected)
    {
        _server.Tier.Fault.SetAll(kind);

        using var response = await _server.SendAsync("PROPFIND", "/webdav/a", null, null, ("Depth", "0"));

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Delete_WithAFault_IsAnsweredAsAWrite(CacheErrorKind kind)
    {
        await _server.StatusAsync("PUT", Doors.Http, [1]);
        _server.Tier.Fault.SetAll(kind);
        var written = await _server.StatusAsync("PUT", "/http/other", [1]);

        Assert.InRange(written, 400, 507);
        Assert.Equal(written, await _server.StatusAsync("DELETE", Doors.Http));

        _server.Tier.Fault.SetAll(null);
        Assert.Equal(200, await _server.StatusAsync("GET", Doors.Http));
    }

    [Fact]
    public async Task Mkcol_SucceedsWhereWritingWould()
    {
        Assert.Equal(201, await _server.StatusAsync("MKCOL", "/webdav/a/", token: "rw"));
        Assert.Equal(403, await _server.StatusAsync("MKCOL", "/webdav/a/", token: "ro"));
        Assert.Equal(400, await _server.StatusAsync("MKCOL", "/webdav/a//b/", token: "rw"));
        Assert.Equal(0, _server.Tier.Count);
    }
}
