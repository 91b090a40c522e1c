using Xunit;

namespace Fabrik.EndToEndTests.Clients.S3;

/// <summary>AWS's own command line, of Debian.</summary>
public sealed class AwsCliTests : IAsyncLifetime
{
    private S3Session _session = null!;
    private string _aws = "";

    public async ValueTask InitializeAsync()
    {
        // By its path: another version may stand in front of it.
        _aws = File.Exists("/usr/bin/aws") ? "/usr/bin/aws" : Tools.OnPath("aws", "apt-get install awscli");
        _session = await S3Session.StartAsync();
    }

    public ValueTask DisposeAsync() => _session?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public Task Files_CopiedSyncedMovedAndRemoved_AreTheSame() => RunAsync("""
        aws s3 ls | grep -q fabrik
        aws s3 mb s3://second
        aws s3 cp small.txt s3://fabrik/dir/small.txt
        aws s3 cp big.bin s3://fabrik/big.bin --quiet
        aws s3 cp s3://fabrik/big.bin back.bin --quiet && cmp big.bin back.bin
        test "$(aws s3 ls s3://fabrik/ | grep -c 'PRE dir/\| big.bin')" = 2
        aws s3 sync tree s3://second/tree --quiet
        test -z "$(aws s3 sync tree s3://second/tree)"
        aws s3 sync s3://second/tree copy --quiet && diff -r tree copy
        aws s3 mv s3://second/tree/plain s3://second/moved/plain
        aws s3 cp s3://fabrik/big.bin s3://second/big.bin --quiet
        aws s3 rm --recursive s3://second/tree --quiet
        test "$(aws s3 ls --recursive s3://second | wc -l)" = 2
        """);

    [Fact]
    public Task Api_OfObjectsAndUploads_Answers() => RunAsync("""
        aws s3api put-object --bucket fabrik --key k --body small.txt --metadata colour=blue --content-type text/x
        aws s3api head-object --bucket fabrik --key k | grep -q '"colour": "blue"'
        aws s3api get-object --bucket fabrik --key k --range bytes=1-3 part && test "$(cat part)" = ell
        aws s3api put-object --bucket fabrik --key k --body tree/plain
        id=$(aws s3api create-multipart-upload --bucket fabrik --key up --query UploadId --output text)
        aws s3api upload-part --bucket fabrik --key up --upload-id "$id" --part-number 1 --body small.txt
        test "$(aws s3api list-multipart-uploads --bucket fabrik --query 'length(Uploads)')" = 1
        test "$(aws s3api list-parts --bucket fabrik --key up --upload-id "$id" --query 'length(Parts)')" = 1
        aws s3api abort-multipart-upload --bucket fabrik --key up --upload-id "$id"
        aws s3api delete-objects --bucket fabrik --delete 'Objects=[{Key=k},{Key=none}]'
        test "$(aws s3api list-objects-v2 --bucket fabrik --query KeyCount)" != 1
        aws s3api get-bucket-location --bucket fabrik
        aws s3api get-bucket-versioning --bucket fabrik
        """);

    [Fact]
    public Task Keys_ThatAreOdd_AreKept() => RunAsync("""
        long=$(printf 'k%.0s' $(seq 1024))
        for key in 'a b' 'a+b' 'a//b' '/a' 'a%2Fb' 'ü/日本語/🎉' 'a/../b' '..' '<&>"' "$long"; do
            aws s3api put-object --bucket second --key "$key" --body small.txt
            aws s3api get-object --bucket second --key "$key" got && cmp small.txt got
            test "$(aws s3api list-objects-v2 --bucket second --query 'Contents[0].Key' --output text)" = "$key"
            aws s3api delete-object --bucket second --key "$key"
        done
        """);

    [Fact]
    public Task Link_ThatIsPresigned_NeedsNoKey() => RunAsync("""
        aws s3 cp small.txt 's3://fabrik/a link+ü.txt'
        url=$(aws s3 presign 's3://fabrik/a link+ü.txt')
        test "$(curl -sf "$url")" = hello
        ! curl -sf "${url/link/lank}"
        """);

    [Fact]
    public Task ReadKey_MayNotWrite() => RunAsync(
        """
        (aws s3 cp small.txt s3://fabrik/x 2>&1 || true) | grep -q AccessDenied
        aws s3 ls s3://fabrik
        """,
        S3Session.ReadKey);

    [Fact]
    public Task Checksums_OfUploads_AreVerified() => RunAsync("""
        for kind in CRC32 SHA1 SHA256; do
            aws s3api put-object --bucket fabrik --key "$kind" --body big.bin --checksum-algorithm "$kind"
            aws s3api head-object --bucket fabrik --key "$kind" --checksum-mode ENABLED | grep -q "Checksum$kind"
        done
        """);

    private Task<string> RunAsync(string script, string key = S3Session.Key) => _session.RunAsync(
        $"aws() {{ {_aws} --endpoint-url {_session.Address} \"$@\"; }}\n" + script,
        ("AWS_ACCESS_KEY_ID", key),
        ("AWS_SECRET_ACCESS_KEY", S3Session.Secret),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_PAGER", ""));
}
