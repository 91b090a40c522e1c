using System.Threading.Channels;

namespace Fabrik.Observability.Logs;

/// <summary>
/// Lines on their way to a stream. A slow terminal or a full pipe must not slow a build: whoever logs only puts the
/// line in a queue; when the queue is full, lines are dropped and counted, and the count is written once there is room.
/// </summary>
internal sealed class LogQueue : IAsyncDisposable
{
    /// <summary>Lines that may wait.</summary>
    public const int Capacity = 8192;

    // What a stuck terminal may hold up the end of the process by.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly Channel<ReadOnlyMemory<byte>> _lines = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Stream _output;
    private readonly Task _writer;
    private long _dropped;

    /// <summary>Begins to write to a stream, which stays the caller's.</summary>
    public LogQueue(Stream output)
    {
        _output = output;
        _writer = Task.Run(WriteAllAsync);
    }

    /// <summary>Lines that were dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Queues a line, which must not change afterwards.</summary>
    public void Add(ReadOnlyMemory<byte> line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what is queued, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await Task.WhenAny(_writer, Task.Delay(DrainTime));
    }

    private async Task WriteAllAsync()
    {
        long told = 0;
        try
        {
            while (await _lines.Reader.WaitToReadAsync())
            {
                while (_lines.Reader.TryRead(out ReadOnlyMemory<byte> line))
                {
                    await _output.WriteAsync(line);
                }

                long dropped = Dropped;
                if (dropped > told)
                {
                    await _output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(
                        $"[fabrik] {dropped - told} log lines were dropped: the reader of the log is too slow\n"));
                    told = dropped;
                }

                await _output.FlushAsync();
            }
        }
        catch (IOException)
        {
            // Nobody reads any more (a closed pipe, a full disk): the product goes on without a log.
            while (await _lines.Reader.WaitToReadAsync())
            {
                while (_lines.Reader.TryRead(out _))
                {
                    Interlocked.Increment(ref _dropped);
                }
            }
        }
    }
}
