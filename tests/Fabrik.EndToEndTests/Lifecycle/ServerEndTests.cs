using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Lifecycle;

/// <summary>What a server that ends leaves behind, whether it was asked to or killed.</summary>
public sealed class ServerEndTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Terminate_UploadInFlight_IsFinishedAndKept()
    {
        var artifact = new Artifact(2);
        await using (var server = await StartAsync())
        {
            using var upload = new PausedUpload(artifact.Content());
            var answering = server.Http.PutAsync(artifact.Path, upload);
            await upload.HalfSent;
            server.Send(Signal.Terminate);
            await Readiness.EndsAsync(server.Ports);

            upload.Resume();
            using var answer = await answering;
            var ended = await server.WaitForEndAsync();

            Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {ended.Everything}");
            Assert.True(ended.ExitCode == 0, ended.Everything);
        }
        await using var restarted = await StartAsync();
        Assert.Equal(artifact.Content(), await restarted.Http.GetByteArrayAsync(artifact.Path));
    }

    [Fact]
    public async Task Terminate_ManyWriters_LosesNothingAcknowledged()
    {
        var storm = new WriteStorm();
        await using (var server = await StartAsync())
        {
            var writing = storm.RunAsync(server);
            await storm.AdvanceAsync(100);
            server.Send(Signal.Terminate);
            var ended = await server.WaitForEndAsync();
            await writing;
            Assert.True(ended.ExitCode == 0, ended.Everything);
        }
        await using var restarted = await StartAsync();
        await storm.VerifyAsync(restarted);
    }

    [Fact]
    public async Task Kill_ManyWriters_LosesNothingAcknowledged()
    {
        var storm = new WriteStorm();
        for (var round = 0; round < 3; round++)
        {
            await using var server = await StartAsync();
            var writing = storm.RunAsync(server);
            await storm.AdvanceAsync(60);
            await server.KillAsync();
            await writing;
        }
        await using var restarted = await StartAsync();
        await storm.VerifyAsync(restarted);
    }

    [Fact]
    public async Task Start_StoreInUse_SaysSoAndLeavesTheOtherAlone()
    {
        var artifact = new Artifact(1);
        await using var first = await StartAsync();
        using var content = new ByteArrayContent(artifact.Content());
        using var stored = await first.Http.PutAsync(artifact.Path, content);

        var second = await FabrikCommand.RunAsync(_sandbox, "server", "--config", first.ConfigurationFile);

        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains(_sandbox.In("store"), second.Errors, StringComparison.Ordinal);
        Assert.Contains($"held by process {first.ProcessId}", second.Errors, StringComparison.Ordinal);
        Assert.Equal(artifact.Content(), await first.Http.GetByteArrayAsync(artifact.Path));
    }

    [Fact]
    public async Task Start_PortInUse_NamesTheAddress()
    {
        await using var first = await StartAsync();
        var address = $"127.0.0.1:{first.Ports.Http}";

        var second = await FabrikCommand.RunAsync(
            _sandbox, "server", "--config", first.ConfigurationFile,
            "--config-cache-dir", _sandbox.In("other-store"),
            "--config-build-tools-port", $"{first.Ports.Http}");

        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains(address, second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _sandbox.Dispose();

    private Task<FabrikServer> StartAsync() =>
        FabrikServer.StartAsync(_sandbox, new ServerConfiguration { StoreDirectory = _sandbox.In("store") });
}
