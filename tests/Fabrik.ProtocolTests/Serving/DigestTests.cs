using System.Security.Cryptography;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>Uploads that say which SHA-256 they have (RFC 9530, RFC 3230), or how their body is meant.</summary>
public sealed class DigestTests : IAsyncLifetime
{
    private static readonly byte[] Content = [1, 2, 3];
    private static readonly string Right = Convert.ToBase64String(SHA256.HashData(Content));
    private static readonly string Wrong = Convert.ToBase64String(SHA256.HashData("other"u8));

    private RunningServer _server = null!;

    public static TheoryData<string> Paths => Doors.All;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Digest_ThatTheBodyHas_IsStored(string path)
    {
        Assert.InRange(await PutAsync(path, ("Content-Digest", $"sha-256=:{Right}:")), 200, 202);
        Assert.Equal(Content, await _server.Client.GetByteArrayAsync(path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Digest_ThatTheBodyHasNot_StoresNothing(string path)
    {
        foreach (var (name, value) in new[]
        {
            ("Content-Digest", $"sha-256=:{Wrong}:"),
            ("Repr-Digest", $"sha-512=:AAAA:, sha-256=:{Wrong}:"),
            ("Digest", $"SHA-256={Wrong}"),
        })
        {
            Assert.Equal(RefusedAt(path), await PutAsync(path, (name, value)));
            Assert.Equal(0, _server.Tier.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Digest_ThatIsNone_IsRefusedBeforeTheBody(string path)
    {
        var twoOfThem = $"sha-256=:{Right}:, sha-256=:{Wrong}:";
        foreach (var value in new[] { "sha-256=:AAAA:", "sha-256=", $"sha-256=:{Right}", twoOfThem })
        {
            Assert.Equal(RefusedAt(path), await PutAsync(path, ("Content-Digest", value)));
        }

        Assert.Equal(RefusedAt(path), await PutAsync(
            path, ("Content-Digest", $"sha-256=:{Right}:"), ("Digest", $"SHA-256={Wrong}")));
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Body_ThatIsAPartOrEncoded_IsRefused(string path)
    {
        Assert.Equal(RefusedAt(path), await PutAsync(path, ("Content-Range", "bytes 0-2/6")));
        Assert.Equal(RefusedAt(path), await PutAsync(path, ("Content-Encoding", "gzip")));
        Assert.Equal(0, _server.Tier.Puts);

        Assert.InRange(await PutAsync(path, ("Content-Encoding", "identity")), 200, 202);
    }

    [Theory]
    [InlineData("md5=:AAAA:")]
    [InlineData("unixsum=30637")]
    [InlineData("sha-256")]
    [InlineData("")]
    public async Task Digest_OfAnotherAlgorithm_IsIgnored(string value) =>
        Assert.Equal(201, await PutAsync(Doors.Http, ("Content-Digest", value)));

    private static int RefusedAt(string path) => path switch
    {
        Doors.Gradle => 413,
        Doors.Nx => 409,
        Doors.Turborepo => 412,
        _ => 400,
    };

    private async Task<int> PutAsync(string path, params (string, string)[] headers)
    {
        using var response = await _server.SendAsync("PUT", path, Content, null, headers);
        return (int)response.StatusCode;
    }
}
