using Xunit;

namespace Fabrik.EndToEndTests.Clients.S3;

/// <summary>s3cmd, of Debian.</summary>
public sealed class S3cmdTests : IAsyncLifetime
{
    private S3Session _session = null!;

    public async ValueTask InitializeAsync()
    {
        Tools.OnPath("s3cmd", "apt-get install s3cmd");
        _session = await S3Session.StartAsync();
        var authority = _session.Address.Authority;
        _session.WriteConfiguration(
            ".s3cfg",
            $"""
            [default]
            access_key = {S3Session.Key}
            secret_key = {S3Session.Secret}
            host_base = {authority}
            host_bucket = {authority}
            use_https = False
            progress_meter = False
            """);
    }

    public ValueTask DisposeAsync() => _session?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public Task Files_PutSyncedMovedAndDeleted_AreTheSame() => _session.RunAsync("""
        s3cmd ls | grep -q s3://second
        s3cmd put small.txt s3://second/a/small.txt
        s3cmd put big.bin s3://second/a/big.bin --multipart-chunk-size-mb=5
        s3cmd get --force s3://second/a/big.bin back.bin && cmp big.bin back.bin
        s3cmd info s3://second/a/big.bin | grep -q FULL_CONTROL
        s3cmd sync tree/ s3://second/tree/
        test -z "$(s3cmd sync tree/ s3://second/tree/ | grep upload:)"
        mkdir copy && s3cmd sync s3://second/tree/ copy/ && diff -r tree copy
        s3cmd mv s3://second/a/small.txt s3://second/a/moved.txt
        s3cmd cp s3://second/a/big.bin s3://second/a/copy.bin
        s3cmd del -r -f s3://second/tree
        test "$(s3cmd ls -r s3://second | wc -l)" = 3
        s3cmd du s3://second
        s3cmd la
        s3cmd multipart s3://second
        """);
}
