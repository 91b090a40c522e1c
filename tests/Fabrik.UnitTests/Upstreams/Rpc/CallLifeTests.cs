using Fabrik.Testing;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Rpc;

public class CallLifeTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void End_Twice_TheFirstCounts()
    {
        var life = Begin();
        var first = new CallOutcome(StatusCode.NotFound, "");
        Assert.Same(first, life.End(first));
        Assert.True(life.Token.IsCancellationRequested);
        Assert.Same(first, life.End(new CallOutcome(StatusCode.OK, "")));
        Assert.Same(first, life.End(new IOException()));
    }

    [Fact]
    public void Deadline_Passes_EndsOnTime()
    {
        var life = Begin(TimeSpan.FromDays(100));
        _clock.Advance(TimeSpan.FromDays(100) - TimeSpan.FromMilliseconds(1));
        Assert.Null(life.Outcome);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(StatusCode.DeadlineExceeded, life.Outcome?.Status.StatusCode);
    }

    [Fact]
    public void Deadline_InLocalTime_IsTheSameInstant()
    {
        var deadline = _clock.GetUtcNow().AddSeconds(1).LocalDateTime;
        var life = new CallLife(new CallOptions(deadline: deadline), _clock, default);
        Assert.Equal(TimeSpan.FromSeconds(1), life.Remaining);
    }

    [Fact]
    public void Response_OwnedAfterTheEnd_IsLetGo()
    {
        var life = Begin();
        life.Cancel("x");
        using var content = new WatchedContent();
        life.Own(new HttpResponseMessage { Content = content });
        Assert.True(content.IsDisposed);
    }

    [Fact]
    public void Tokens_FireLater_DoNothing()
    {
        using var caller = new CancellationTokenSource();
        using var closing = new CancellationTokenSource();
        var life = new CallLife(new CallOptions(cancellationToken: caller.Token), _clock, closing.Token);
        life.End(new CallOutcome(StatusCode.OK, ""));
        caller.Cancel();
        closing.Cancel();
        Assert.Equal(StatusCode.OK, life.Outcome?.Status.StatusCode);
    }

    private CallLife Begin(TimeSpan? time = null) => new(
        time is null ? default : new CallOptions(deadline: _clock.GetUtcNow().UtcDateTime + time), _clock, default);

    private sealed class WatchedContent() : ByteArrayContent([])
    {
        public bool IsDisposed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
