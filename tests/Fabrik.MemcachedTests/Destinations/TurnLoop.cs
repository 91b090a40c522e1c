using System.Text;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.MemcachedTests.Destinations;

/// <summary>A loop that a test turns by hand; whoever runs the test is its thread.</summary>
internal sealed class TurnLoop : ILoop
{
    public TimeProvider Time => TimeProvider.System;

    public long Now { get; set; } = 1;

    public BlockPool Blocks { get; } = new();

    public RequestPool Requests { get; } = new();

    public bool IsCurrent => true;

    public void Post(Action<object?> work, object? state) => work(state);

    public void Schedule(ILoopTimer timer, TimeSpan delay) => throw new NotSupportedException();

    /// <summary>A <c>get</c> of a key.</summary>
    public Request Get(string key)
    {
        var block = Blocks.Rent();
        var length = Encoding.ASCII.GetBytes($"get {key}\r\n", block.Bytes);
        var request = Requests.Rent();
        var command = new Command
        {
            Verb = Verb.Get,
            KeyOffset = 4,
            KeyLength = key.Length,
            KeyCount = 1,
            HeadLength = length,
            Length = length,
            ValueLength = -1,
        };
        request.Fill(block, 0, command, 4);
        block.Release();
        return request;
    }
}
