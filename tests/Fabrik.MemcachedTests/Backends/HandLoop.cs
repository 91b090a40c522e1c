using System.Collections.Concurrent;
using System.Text;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Backends;

/// <summary>A loop whose thread is the test's: it does what was posted while it waits for an answer.</summary>
internal sealed class HandLoop(TimeProvider time) : ILoop
{
    private readonly BlockingCollection<(Action<object?> Work, object? State)> _posted = [];
    private int _untaken;

    public TimeProvider Time => time;

    public long Now => time.GetTimestamp();

    public BlockPool Blocks { get; } = new();

    public RequestPool Requests { get; } = new();

    public bool IsCurrent => true;

    public bool HasPosted => _posted.Count > 0;

    public void Post(Action<object?> work, object? state) => _posted.Add((work, state));

    public void Schedule(ILoopTimer timer, TimeSpan delay) => throw new NotSupportedException();

    /// <summary>Sends a command as a client does, and gives the answer as text; nothing is left held.</summary>
    public string Ask(Destination destination, string message)
    {
        var sent = Send(destination, message);
        return Take(sent);
    }

    public Task<Reply> Send(Destination destination, string message)
    {
        var request = Parse(Encoding.Latin1.GetBytes(message));
        var reply = destination.SendAsync(request).AsTask();
        request.Release();
        _untaken++;
        return reply;
    }

    /// <summary>Waits for an answer, and does what was posted meanwhile.</summary>
    public string Take(Task<Reply> sent)
    {
        while (!sent.IsCompleted)
        {
            Assert.True(_posted.TryTake(out var posted, TimeSpan.FromSeconds(30)), "Nothing is posted.");
            posted.Work(posted.State);
        }

        var reply = sent.GetAwaiter().GetResult();
        var text = Encoding.Latin1.GetString(reply.Message);
        reply.Release();
        if (--_untaken == 0)
        {
            Assert.Equal((0, 0L), (Requests.InUse, Blocks.HeldBytes));
        }

        return text;
    }

    private Request Parse(byte[] message)
    {
        var protocol = CommandReader.Detect(message[0]);
        var status = CommandReader.TryRead(message, protocol, ReaderLimits.Default, out var command, out _);
        Assert.Equal(ReadStatus.Read, status);
        Assert.Equal(message.Length, command.Length);
        var block = Blocks.Rent(message.Length);
        message.CopyTo(block.Bytes, 0);
        var request = Requests.Rent();
        request.Fill(block, 0, command, command.KeyOffset);
        block.Release();
        return request;
    }
}
