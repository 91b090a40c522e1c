using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers;

/// <summary>
/// Objects that AWS's command line puts on one machine, over TLS, and reads on another: by way of layer 2.
/// </summary>
public sealed class S3FlowTests : IDisposable
{
    private const int BigSize = 26 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Sandbox _sandbox = new();
    private string _aws = "";
    private string _authority = "";

    [Fact]
    public async Task Object_PutOnOneMachine_IsTheSameOnAnother()
    {
        _aws = File.Exists("/usr/bin/aws") ? "/usr/bin/aws" : Tools.OnPath("aws", "apt-get install awscli");
        WriteFiles();
        var certificate = TestCertificate.Create(_sandbox, "s3");
        _authority = certificate.AuthorityFile;
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: false);
        var a = await stack.StartFirstAsync(stack.FirstConfiguration("a") with
        {
            S3 = $"tls_cert_file = \"{certificate.File}\"\ntls_key_file = \"{certificate.KeyFile}\"",
        });
        var b = await stack.StartFirstAsync("b");
        var secure = new Uri($"https://127.0.0.1:{a.Ports.S3}");
        await RunAsync(secure, a, """
            s3 s3api put-object --bucket fabrik --key "$key" --body small.txt \
                --metadata colour=blue --content-type text/x
            s3 s3 cp big.bin s3://fabrik/big.bin --quiet
            s3 s3api head-object --bucket fabrik --key "$key" --query ETag > small.tag
            s3 s3api head-object --bucket fabrik --key big.bin --query ETag > big.tag
            grep -q -- '-4' big.tag
            test "$(s3 s3api list-objects-v2 --bucket fabrik --query 'length(Contents)')" = 2
            """);
        await LayerStack.CarriedAsync(a);

        await RunAsync(b.S3Address, b, """
            s3 s3api head-object --bucket fabrik --key "$key" --query ETag | cmp - small.tag
            s3 s3api get-object --bucket fabrik --key "$key" got > answer && cmp got small.txt
            grep -q '"colour": "blue"' answer && grep -q '"ContentType": "text/x"' answer
            s3 s3api get-object --bucket fabrik --key "$key" --range bytes=1-3 part && test "$(cat part)" = ell
            s3 s3api get-object --bucket fabrik --key big.bin --range bytes=9000000-18999999 part > answer
            cmp part <(tail -c +9000001 big.bin | head -c 10000000)
            s3 s3 cp s3://fabrik/big.bin back.bin --quiet && cmp back.bin big.bin
            s3 s3api head-object --bucket fabrik --key big.bin --query ETag | cmp - big.tag
            test "$(s3 s3api head-object --bucket fabrik --key big.bin --part-number 4 --query PartsCount)" = 4
            test -z "$(s3 s3 ls --recursive s3://fabrik)"
            s3 s3 cp big.bin s3://fabrik/big.bin --quiet
            test "$(s3 s3 ls --recursive s3://fabrik | wc -l)" = 1
            s3 s3 rm "s3://fabrik/$key"
            if s3 s3api head-object --bucket fabrik --key "$key"; then exit 9; fi
            """);
        await LayerStack.CarriedAsync(b);

        // The deletion has reached layer 2, and not the machine that has the object itself.
        var c = await stack.StartFirstAsync("c");
        await RunAsync(c.S3Address, c, """
            if s3 s3api head-object --bucket fabrik --key "$key"; then exit 9; fi
            s3 s3api head-object --bucket fabrik --key big.bin --query ETag | cmp - big.tag
            """);
        await RunAsync(secure, a, "s3 s3api get-object --bucket fabrik --key \"$key\" got && cmp got small.txt");
    }

    public void Dispose() => _sandbox.Dispose();

    private async Task RunAsync(Uri address, FabrikServer server, string script)
    {
        var file = _sandbox.Write($"script-{Guid.NewGuid():N}.sh", $$"""
            key='dir//ü + k'
            s3() { {{_aws}} --endpoint-url {{address.GetLeftPart(UriPartial.Authority)}} "$@"; }
            {{script}}
            """);
        var run = await ChildProcess.RunAsync(
            new CommandLine("/bin/bash", "-eux", file)
            {
                Directory = _sandbox.In("work"),
                Environment = _sandbox.EnvironmentWith(
                    ("AWS_ACCESS_KEY_ID", "local"),
                    ("AWS_SECRET_ACCESS_KEY", "token"),
                    ("AWS_DEFAULT_REGION", "us-east-1"),
                    ("AWS_CA_BUNDLE", _authority),
                    ("AWS_EC2_METADATA_DISABLED", "true"),
                    ("AWS_PAGER", "")),
            },
            Limit);
        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}\n{run.Everything}\n{server.Log}");
    }

    private void WriteFiles()
    {
        _sandbox.Write("work/small.txt", "hello\n");
        var bytes = new byte[BigSize];
        new Random(17).NextBytes(bytes);
        File.WriteAllBytes(_sandbox.In("work/big.bin"), bytes);
    }
}
