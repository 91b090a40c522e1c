using System.Net;

namespace Fabrik.EndToEndTests.Lifecycle;

/// <summary>The body of an upload of which the second half is sent when the test says so.</summary>
internal sealed class PausedUpload(byte[] content) : HttpContent
{
    private readonly TaskCompletionSource _halfSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task HalfSent => _halfSent.Task;

    public void Resume() => _resumed.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var half = content.Length / 2;
        await stream.WriteAsync(content.AsMemory(0, half));
        await stream.FlushAsync();
        _halfSent.TrySetResult();
        await _resumed.Task;
        await stream.WriteAsync(content.AsMemory(half));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = content.Length;
        return true;
    }
}
