using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;
using Xunit;

namespace Fabrik.MemcachedTests.Destinations;

/// <summary>A loop, three children, and at the end the proof that everything was released exactly once.</summary>
public abstract class StrategyTest : IDisposable
{
    private protected StrategyTest()
    {
        Children = [Make("a"), Make("b"), Make("c")];
    }

    private protected ManualLoop Loop { get; } = new();

    private protected FakeDestination[] Children { get; }

    private protected FakeDestination A => Children[0];

    private protected FakeDestination B => Children[1];

    private protected FakeDestination C => Children[2];

    public void Dispose()
    {
        Assert.All(Children, child => Assert.Equal(0, child.Waiting));
        Assert.Equal(0, Loop.Blocks.HeldBytes);
        GC.SuppressFinalize(this);
    }

    private protected FakeDestination Make(string name) => new(Loop) { Name = name };

    /// <summary>Sends, and lets go of the request at once, as whoever needs it must hold it.</summary>
    private protected ValueTask<Reply> Begin(Destination destination, string text)
    {
        var request = TestRequests.Text(Loop, text);
        var reply = destination.SendAsync(request);
        request.Release();
        return reply;
    }

    /// <summary>Takes an answer that has to be there.</summary>
    private protected static string End(ValueTask<Reply> pending)
    {
        Assert.True(pending.IsCompleted, "No answer came.");
        var reply = pending.Result;
        var text = TestReplies.Describe(reply);
        reply.Release();
        return text;
    }

    private protected string Send(Destination destination, string text) => End(Begin(destination, text));

    private protected static string Explain(Destination destination, string key)
    {
        var path = new DestinationPath();
        destination.Explain(System.Text.Encoding.ASCII.GetBytes(key), path);
        return string.Join('\n', path.Lines);
    }
}
