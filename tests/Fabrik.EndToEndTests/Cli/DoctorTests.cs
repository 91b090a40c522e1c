using Fabrik.EndToEndTests.Layers;
using Fabrik.EndToEndTests.Layers.Buckets;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Cli;

/// <summary>
/// <c>fabrik doctor</c>, to people and to programs: it fails where something is to be mended, and says what.
/// </summary>
public sealed class DoctorTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Doctor_WithoutUpstreams_FindsAllWell()
    {
        var doctor = await AskAsync(new ServerConfiguration { StoreDirectory = _sandbox.In("store") });

        Expect(doctor, code: 0);
        Assert.All(doctor.Findings, finding => Assert.Equal("ok", finding.Severity));
        Assert.Equal(
            ["config", "disk", "limits", "keys"],
            doctor.Findings.Select(finding => finding.Subject),
            StringComparer.Ordinal);
        Assert.EndsWith("all is well\n", doctor.Run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OfTwoLayers_TellsNameRightsLatencyAndClock()
    {
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false);
        var first = await stack.StartFirstAsync("a");

        var doctor = await Doctor.AskAsync(_sandbox, first.ConfigurationFile);

        Expect(doctor, code: 0, ("ok", "answers in "), ("ok", "is fabrik/"), ("ok", "its clock is ours"));
        Assert.Equal(0, doctor.Count("warn"));
        Assert.EndsWith("all is well\n", doctor.Run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_UpstreamThatIsNotThere_Fails()
    {
        var link = new FaultyLink(1);
        var port = link.Port;
        await link.DisposeAsync();

        var doctor = await AskAsync(Before($"url = \"grpc://127.0.0.1:{port}\""));

        Expect(doctor, code: 1, ("FAIL", "there is no connection to the server"), ("FAIL", "check that it runs"));
        Assert.EndsWith("1 to mend, 0 to look at\n", doctor.Run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_TokenThatIsRefused_FailsWithTheReason()
    {
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        var stranger = await TokenIssuer.CreateAsync(_sandbox, "foreign-keys");
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false, issuer);

        var none = await AskAsync(stack.FirstConfiguration("none"));
        var foreign = await AskAsync(stack.FirstConfiguration(
            "foreign", tokenFile: _sandbox.Write("foreign.token", await stranger.IssueReadWriteAsync())));
        var missing = await AskAsync(stack.FirstConfiguration("missing", tokenFile: _sandbox.In("no.token")));

        Expect(none, code: 1, ("FAIL", "a valid token is required"), ("FAIL", "check the token"));
        Expect(foreign, code: 1, ("FAIL", "the signature is wrong"), ("FAIL", "check the token"));
        Expect(missing, code: 1, ("FAIL", _sandbox.In("no.token")));
    }

    [Fact]
    public async Task Doctor_TokenThatMayNotDoAll_WarnsUnlessThatIsNotWanted()
    {
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false, issuer);
        var token = _sandbox.Write("read.token", await issuer.IssueReadOnlyAsync());

        var writing = await AskAsync(stack.FirstConfiguration("writing", tokenFile: token));
        var reading = await AskAsync(stack.FirstConfiguration("reading", "read_only = true", token));

        Expect(writing, code: 0, ("warn", "the token may cache:read"), ("warn", "read_only = true"));
        Expect(reading, code: 0, ("ok", "the token may cache:read"));
        Assert.DoesNotContain(reading.Findings, finding => finding.Has("read_only"));

        token = _sandbox.Write("write.token", await issuer.IssueAsync("write"));
        var copying = await AskAsync(stack.FirstConfiguration("copying", "write_only = true", token));
        var both = await AskAsync(stack.FirstConfiguration("both", "", token));

        Expect(copying, code: 0, ("ok", "the token may cache:write"));
        Expect(both, code: 1, ("FAIL", "the token does not hold cache:read"), ("FAIL", "check the token"));
    }

    [Fact]
    public async Task Doctor_OfABucket_TellsOneThatDoesNotExistAndKeysThatAreWrong()
    {
        await using var s3 = await S3Server.StartAsync(_sandbox);
        await using var bucket = await FaultyBucket.StartAsync(s3);

        var right = await AskAsync(Before(s3.Upstream()));
        var wrong = await AskAsync(Before(
            s3.Upstream().Replace($"s3://{S3Server.Bucket}/", "s3://no-such-bucket/", StringComparison.Ordinal)));
        var keys = await AskAsync(Before(
            s3.Upstream().Replace("access_key = \"S3RVER\"", "access_key = \"NOBODY\"", StringComparison.Ordinal)));
        await bucket.BecomeAsync(BucketFault.SlowingDown);
        var busy = await AskAsync(Before(s3.Upstream("", bucket.Port)));

        Expect(right, code: 0, ("ok", "answers in "));
        Expect(wrong, code: 1, ("FAIL", "does not exist"), ("FAIL", "bucket"));
        Expect(keys, code: 1, ("FAIL", "refuses our credentials"), ("FAIL", "check the token or the keys"));
        Expect(busy, code: 1, ("FAIL", "asks for fewer requests"), ("FAIL", "too busy"));
    }

    [Fact]
    public async Task Doctor_OnAFullDisk_Fails()
    {
        using var disk = FullDiskTests.Mount();
        disk.FillUp();

        var doctor = await AskAsync(new ServerConfiguration { StoreDirectory = Path.Combine(disk.Folder, "store") });

        Expect(doctor, code: 1, ("FAIL", Path.Combine(disk.Folder, "store")), ("FAIL", "No space left on device"));
    }

    public void Dispose() => _sandbox.Dispose();

    private static void Expect(Doctor doctor, int code, params (string Severity, string Words)[] findings)
    {
        Assert.True(doctor.Run.ExitCode == code, $"{doctor}");
        Assert.All(
            findings, finding => Assert.True(doctor.Says(finding.Severity, finding.Words), $"{finding}: {doctor}"));
    }

    private ServerConfiguration Before(string upstream) =>
        new() { StoreDirectory = _sandbox.In("store"), Upstreams = [upstream] };

    private Task<Doctor> AskAsync(ServerConfiguration configuration) =>
        Doctor.AskAsync(_sandbox, _sandbox.Write(configuration.FileName, configuration.ToToml()));
}
