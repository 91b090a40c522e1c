namespace Fabrik.Proxies.Origins;

/// <summary>The body of an HTTP answer, with a limit to its silence.</summary>
internal sealed class HttpOriginBody(HttpResponseMessage response, Stream stream, Replica replica) : OriginBody
{
    private readonly CancellationTokenSource _silence = new(Timeout.InfiniteTimeSpan, replica.Time);

    public override async ValueTask<OriginResult<int>> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).Cancel(), _silence);
        try
        {
            _silence.CancelAfter(replica.IdleTimeout);
            var count = await stream.ReadAsync(buffer, _silence.Token);
            _silence.CancelAfter(Timeout.InfiniteTimeSpan);
            return count;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return replica.Failed(new OriginFault(
                OriginFaultKind.Timeout, $"{replica.Name} sent nothing more of a body in {replica.IdleTimeout}"));
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return replica.Failed(new OriginFault(
                OriginFaultKind.Truncated, $"{replica.Name} broke off a body: {error.Message}"));
        }
    }

    public override ValueTask DisposeAsync()
    {
        response.Dispose();
        _silence.Dispose();
        return ValueTask.CompletedTask;
    }
}
