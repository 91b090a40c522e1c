using System.Net;
using System.Net.Sockets;
using System.Text;
using Fabrik.Activation;
using Xunit;

namespace Fabrik.UnitTests.Activation;

public sealed class HttpDaemonProbeTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public HttpDaemonProbeTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData(Ok + "X-Fabrik-Instance: a-word\r\nContent-Length: 2\r\n\r\nok", true)]
    [InlineData("HTTP/1.1 503 Not Ready\r\nx-fabrik-instance: a-word\r\nContent-Length: 0\r\n\r\n", true)]
    [InlineData(Ok + "X-Fabrik-Instance: another\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData(Ok + "X-Fabrik-Instance: A-WORD\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData(Ok + "Content-Length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", false)]
    [InlineData("", false)]
    public async Task Probe_OfAPort_BelievesTheInstanceOnly(string answer, bool expected)
    {
        Task<string> server = AnswerAsync(answer);
        Assert.Equal(expected, await new HttpDaemonProbe().IsAliveAsync(State(Port), CancellationToken.None));
        Assert.StartsWith("GET /live HTTP/1.1\r\n", await server, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_OfABodyWithoutEnd_ReadsTheHeadersOnly()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<string> server = AnswerAsync(Ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", done.Task);
        Assert.False(await new HttpDaemonProbe().IsAliveAsync(State(Port), CancellationToken.None));
        done.SetResult();
        await server;
    }

    [Fact]
    public async Task Probe_OfAPortThatNobodyListensOn_IsFalse()
    {
        int port = Port;
        _listener.Stop();
        Assert.False(await new HttpDaemonProbe().IsAliveAsync(State(port), CancellationToken.None));
    }

    [Fact]
    public async Task Probe_OfAStateWithoutAPort_IsFalse() => Assert.False(
        await new HttpDaemonProbe().IsAliveAsync(
            State(Port) with { Ports = new Dictionary<string, int>(StringComparer.Ordinal) { ["http"] = Port } },
            CancellationToken.None));

    [Fact]
    public async Task Probe_OfADeadProcess_AsksNobody()
    {
        DaemonState state = State(Port) with { ProcessId = int.MaxValue };
        Assert.False(await new HttpDaemonProbe().IsAliveAsync(state, CancellationToken.None));
        Assert.False(_listener.Pending());
    }

    [Fact]
    public async Task Probe_ThatIsCancelled_SaysSo()
    {
        using CancellationTokenSource cancellation = new();
        Task<bool> probing = new HttpDaemonProbe().IsAliveAsync(State(Port), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probing);
    }

    private static DaemonState State(int port) => ActivationFixture.State(Environment.ProcessId) with
    {
        Ports = new Dictionary<string, int>(StringComparer.Ordinal) { ["health"] = port },
    };

    private async Task<string> AnswerAsync(string answer, Task? until = null)
    {
        using TcpClient client = await _listener.AcceptTcpClientAsync();
        await using NetworkStream stream = client.GetStream();
        StringBuilder request = new();
        byte[] buffer = new byte[4096];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer);
            request.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        await (until ?? Task.CompletedTask);
        return request.ToString();
    }
}
