using Xunit;

namespace Fabrik.EndToEndTests.Clients.S3;

/// <summary>rclone, of Debian.</summary>
public sealed class RcloneTests : IAsyncLifetime
{
    private S3Session _session = null!;

    public async ValueTask InitializeAsync()
    {
        Tools.OnPath("rclone", "apt-get install rclone");
        _session = await S3Session.StartAsync();
        _session.WriteConfiguration(
            "config/rclone/rclone.conf",
            $"""
            [f]
            type = s3
            provider = Other
            access_key_id = {S3Session.Key}
            secret_access_key = {S3Session.Secret}
            endpoint = {_session.Address}
            region = us-east-1
            upload_cutoff = 10M
            chunk_size = 5M
            """);
    }

    public ValueTask DisposeAsync() => _session?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public Task Files_CopiedSyncedMovedAndPurged_AreTheSame() => _session.RunAsync("""
        rclone() { command rclone --retries 1 --low-level-retries 1 "$@"; }
        rclone lsd f: | grep -q second
        rclone copy tree f:second/tree
        rclone check tree f:second/tree
        rclone copy big.bin f:second
        rclone copyto f:second/big.bin back.bin && cmp big.bin back.bin
        rclone check . f:second --include big.bin
        rclone sync tree f:second/tree -v 2>&1 | grep -q 'nothing to transfer'
        rclone moveto f:second/big.bin f:second/moved.bin
        rclone copyto f:second/moved.bin f:fabrik/copy.bin
        test "$(rclone cat f:second/tree/plain)" = plain
        rclone copy f:second/tree copy && diff -r tree copy
        test "$(curl -sf "$(rclone link f:second/tree/plain)")" = plain
        rclone mkdir f:second
        rclone purge f:second/tree
        test "$(rclone lsf -R f:second)" = moved.bin
        """);
}
