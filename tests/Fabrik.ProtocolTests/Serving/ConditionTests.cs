using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>Conditions on writes, and on reads by date (RFC 9110, section 13).</summary>
public sealed class ConditionTests : IAsyncLifetime
{
    private static readonly byte[] Old = [1, 2, 3];
    private static readonly byte[] New = [4, 5, 6];

    private const int Writers = 32;

    private RunningServer _server = null!;

    public static TheoryData<string> Paths => Doors.All;

    private static string Tag => TagOf(Old);

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Creation_WhereNothingIs_Stores(string path)
    {
        Assert.InRange(await PutAsync(path, New, ("If-None-Match", "*")), 200, 202);
        Assert.Equal(New, await _server.Client.GetByteArrayAsync(path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Creation_WhereSomethingIs_FailsAndKeepsIt(string path)
    {
        await PutAsync(path, Old);

        Assert.Equal(412, await PutAsync(path, New, ("If-None-Match", "*")));
        Assert.Equal(412, await PutAsync(path, Old, ("If-None-Match", "*")));

        Assert.Equal(Old, await _server.Client.GetByteArrayAsync(path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Replacement_OfWhatIsThere_Stores(string path)
    {
        await PutAsync(path, Old);

        Assert.InRange(await PutAsync(path, New, ("If-Match", $"\"x\", {Tag}")), 200, 202);

        Assert.Equal(New, await _server.Client.GetByteArrayAsync(path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Replacement_OfSomethingElse_FailsAndKeepsIt(string path)
    {
        Assert.Equal(412, await PutAsync(path, New, ("If-Match", "*")));
        await PutAsync(path, Old);

        Assert.Equal(412, await PutAsync(path, New, ("If-Match", "\"x\"")));
        Assert.Equal(412, await PutAsync(path, New, ("If-Match", "W/" + Tag)));
        Assert.Equal(412, await PutAsync(path, New, ("If-None-Match", Tag)));

        Assert.Equal(Old, await _server.Client.GetByteArrayAsync(path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Condition_ThatCannotBeChecked_StoresNothing(string path)
    {
        _server.Tier.Fault.Stat = CacheErrorKind.Io;

        Assert.InRange(await PutAsync(path, New, ("If-Match", "*")), 400, 599);

        Assert.Equal(0, _server.Tier.Puts);
    }

    [Theory]
    [InlineData("If-None-Match", false)]
    [InlineData("If-Match", true)]
    public async Task Writers_WithOneCondition_AreOneThatWins(string condition, bool isThere)
    {
        if (isThere)
        {
            await PutAsync(Doors.Http, Old);
        }

        Crowd crowd = new(Writers);
        _server.Tier.BeforeCommit = crowd.MeetAsync;
        var statuses = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer =>
            PutAsync(Doors.Http, [7, (byte)writer], (condition, isThere ? Tag : "*"))));

        var winner = Assert.Single(Enumerable.Range(0, Writers), writer => statuses[writer] < 300);
        Assert.Equal([7, (byte)winner], await _server.Client.GetByteArrayAsync(Doors.Http));
        Assert.Equal(Writers - 1, statuses.Count(static status => status == 412));
    }

    [Fact]
    public async Task Condition_WithExpect_FailsWithoutAskingForTheBody()
    {
        await PutAsync(Doors.Http, Old);

        var answer = await _server.SendRawAsync(
            $"PUT {Doors.Http} HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\nExpect: 100-continue\r\n"
            + "Content-Length: 3\r\n\r\n");

        Assert.Equal(412, answer.Status);
    }

    [Fact]
    public async Task Delete_OfSomethingElse_FailsAndKeepsIt()
    {
        await PutAsync(Doors.Http, Old);

        using var other = await _server.SendAsync("DELETE", Doors.Http, null, null, ("If-Match", "\"x\""));
        Assert.Equal(412, (int)other.StatusCode);
        Assert.Equal(1, _server.Tier.Count);

        using var same = await _server.SendAsync("DELETE", Doors.Http, null, null, ("If-Match", Tag));
        Assert.Equal(204, (int)same.StatusCode);
        Assert.Equal(0, _server.Tier.Count);
    }

    [Fact]
    public async Task Delete_WhoseConditionCannotBeChecked_KeepsIt()
    {
        await PutAsync(Doors.Http, Old);
        _server.Tier.Fault.Delete = CacheErrorKind.Timeout;

        using var response = await _server.SendAsync("DELETE", Doors.Http, null, null, ("If-Match", Tag));

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal(1, _server.Tier.Count);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Read_ByDate_IsJudgedBySeconds(string method)
    {
        await PutAsync(Doors.Http, Old);
        using var plain = await _server.SendAsync("HEAD", Doors.Http);
        var stored = plain.Content.Headers.LastModified!.Value;

        Assert.Equal(304, await ReadAsync(method, ("If-Modified-Since", stored.ToString("r"))));
        Assert.Equal(200, await ReadAsync(method, ("If-Modified-Since", stored.AddSeconds(-1).ToString("r"))));
        Assert.Equal(200, await ReadAsync(method, ("If-Unmodified-Since", stored.ToString("r"))));
        Assert.Equal(412, await ReadAsync(method, ("If-Unmodified-Since", stored.AddSeconds(-1).ToString("r"))));
        Assert.Equal(200, await ReadAsync(method, ("If-Modified-Since", "yesterday")));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Read_OfOneRepresentation_FailsForAnother(string method)
    {
        await PutAsync(Doors.Http, Old);

        Assert.Equal(200, await ReadAsync(method, ("If-Match", Tag)));
        Assert.Equal(200, await ReadAsync(method, ("If-Match", "*")));
        Assert.Equal(412, await ReadAsync(method, ("If-Match", TagOf(New))));
    }

    private static string TagOf(byte[] content) => $"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"";

    private async Task<int> PutAsync(string path, byte[] body, params (string, string)[] headers)
    {
        using var response = await _server.SendAsync("PUT", path, body, "all", headers);
        return (int)response.StatusCode;
    }

    private async Task<int> ReadAsync(string method, params (string, string)[] headers)
    {
        using var response = await _server.SendAsync(method, Doors.Http, null, null, headers);
        return (int)response.StatusCode;
    }
}
