using System.Text;
using Fabrik.Observability.Logs;
using Xunit;

namespace Fabrik.UnitTests.Observability.Logs;

public sealed class LogQueueTests
{
    [Fact]
    public async Task Lines_OfManyThreads_AreAllWrittenWholeAndInTheirOrder()
    {
        const int Threads = 4;
        const int Each = 500;
        using GatedStream output = new();
        output.Open();
        LogQueue queue = new(output);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                queue.Add(Encoding.UTF8.GetBytes($"{thread} {i}\n"));
            }
        })));
        await queue.DisposeAsync();
        string[][] lines = [.. output.Text.TrimEnd('\n').Split('\n').Select(line => line.Split(' '))];
        Assert.Equal(0, queue.Dropped);
        foreach (IGrouping<string, string[]> thread in lines.GroupBy(line => line[0], StringComparer.Ordinal))
        {
            Assert.Equal(Enumerable.Range(0, Each), thread.Select(line => int.Parse(line[1])));
        }

        Assert.Equal(Threads * Each, lines.Length);
    }

    [Fact]
    public async Task Lines_PastTheCapacity_AreDroppedCountedAndToldOf()
    {
        const int Extra = 100;
        using GatedStream output = new();
        LogQueue queue = new(output);
        queue.Add("first\n"u8.ToArray());
        await output.Reached;
        for (int i = 0; i < LogQueue.Capacity + Extra; i++)
        {
            queue.Add("more\n"u8.ToArray());
        }

        Assert.Equal(Extra, queue.Dropped);
        output.Open();
        await queue.DisposeAsync();
        string[] lines = output.Text.TrimEnd('\n').Split('\n');
        Assert.Equal(1 + LogQueue.Capacity + 1, lines.Length);
        Assert.Equal($"[fabrik] {Extra} log lines were dropped: the reader of the log is too slow", lines[^1]);
    }

    [Fact]
    public async Task Stream_ThatBreaks_DropsAndCountsAndHoldsNobodyUp()
    {
        using GatedStream output = new() { IsBroken = true };
        output.Open();
        LogQueue queue = new(output);
        for (int i = 0; i < 3 * LogQueue.Capacity; i++)
        {
            queue.Add("line\n"u8.ToArray());
        }

        await queue.DisposeAsync();
        Assert.Equal("", output.Text);
        // All but the line that the stream broke on, which was taken from the queue.
        Assert.Equal((3 * LogQueue.Capacity) - 1, queue.Dropped);
    }

    [Fact]
    public async Task Lines_AfterTheEnd_AreCountedAsDropped()
    {
        using GatedStream output = new();
        output.Open();
        LogQueue queue = new(output);
        await queue.DisposeAsync();
        queue.Add("late\n"u8.ToArray());
        Assert.Equal((1, ""), ((int)queue.Dropped, output.Text));
    }

    /// <summary>Takes nothing until it is opened.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsBroken { get; init; }

        public Task Reached => _reached.Task;

        public string Text => Encoding.UTF8.GetString(ToArray());

        public void Open() => _open.SetResult();

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _reached.TrySetResult();
            await _open.Task;
            if (IsBroken)
            {
                throw new IOException("broken pipe");
            }

            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
