using Fabrik.Memcached.Destinations.Tiers;
using Fabrik.MemcachedTests.Wire.Memcached;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Destinations;

public sealed class WarmFirstTests : StrategyTest
{
    private const string Read = "mg k s v f t c";
    private readonly WarmFirst _strategy;

    public WarmFirstTests() => _strategy = new WarmFirst(Loop, A, B, new WarmFirstOptions()) { Name = "w" };

    [Theory]
    // The client sends; the fallback answers to mg; the client receives; the primary is sent.
    [InlineData("get k", "VA 1 s1 f5 t60 c9|x", "VALUE k 5 1|x", "add k 5 60 1|x")]
    [InlineData("get k", "VA 1 s1 f5 t-1 c9|x", "VALUE k 5 1|x", "add k 5 0 1|x")]
    [InlineData("get k", "VA 0 s0 f0 t7 c9|", "VALUE k 0 0", "add k 0 7 0")]
    [InlineData("get k", "VA 1 s1 f5 t3000000 c9|x", "VALUE k 5 1|x", "add k 5 1896553445 1|x")]
    [InlineData("get k", "VA 1 s1 f5 t0 c9|x", "VALUE k 5 1|x", null)]
    [InlineData("get k", "VA 1 s1 f5 t60 c9 W|x", "END", null)]
    [InlineData("get k", "VA 1 s1 f5 t60 c9 X Z|x", "END", null)]
    [InlineData("get k", "EN", "END", null)]
    [InlineData("get k", "!timeout", "END", null)]
    [InlineData("mg k v", "VA 1 s1 f5 t60 c9|x", "VA 1|x", "add k 5 60 1|x")]
    [InlineData("mg k t f s k Oabc v q", "VA 1 s1 f5 t60 c9|x", "VA 1 t60 f5 s1 kk Oabc|x", "add k 5 60 1|x")]
    [InlineData("mg k t P7 Lx", "VA 1 s1 f5 t60 c9|x", "HD t60", "add k 5 60 1|x")]
    [InlineData("mg k v", "EN", "EN", null)]
    public void Retrieval_OfWhatOnlyTheFallbackHas_IsAnsweredAndAddedToThePrimary(
        string sent, string fallback, string received, string? added)
    {
        A.On("get", "END").On("mg", "EN").On("add", "STORED");
        B.On("mg", fallback);

        Assert.Equal(received, Send(_strategy, sent));

        Assert.Equal([Read], B.Received);
        Assert.Equal(added, A.Received.Skip(1).SingleOrDefault());
    }

    [Theory]
    [InlineData("get k", "VALUE k 0 1|x")]
    [InlineData("get k", "CLIENT_ERROR bad")]
    [InlineData("mg k v N30", "HD W")]
    [InlineData("me k", "ME k")]
    [InlineData("me k", "EN")]
    public void Retrieval_WithAnAnswerOfThePrimary_DoesNotAskTheFallback(string sent, string received)
    {
        A.On(sent[..sent.IndexOf(' ', StringComparison.Ordinal)], received);

        Assert.Equal(received, Send(_strategy, sent));

        Assert.Empty(B.Received);
    }

    [Fact]
    public void Get_WhileTheAddHangs_IsAnswered()
    {
        A.On("get", "END");
        B.On("mg", "VA 1 s1 f0 t60 c1|x");

        Assert.Equal("VALUE k 0 1|x", Send(_strategy, "get k"));

        Assert.Equal(1, _strategy.Background.Outstanding);
        A.Answer("SERVER_ERROR full");
        Assert.Equal(1, _strategy.Counters.Copies.Failed);
    }

    [Theory]
    [InlineData("gets k", "VALUE k 5 1 3|x")]
    [InlineData("mg k v c", "VA 1 c3|x")]
    [InlineData("mg k v h", "VA 1 h0|x")]
    public void Retrieval_OfWhatOnlyThePrimaryMaySay_IsAskedThereAgainAfterTheRefill(string sent, string received)
    {
        var pending = Begin(_strategy, sent);
        A.Answer("EN");
        B.Answer("VA 1 s1 f5 t60 c9|x");
        Assert.Equal([sent, "add k 5 60 1|x"], A.Received);
        A.Answer("STORED");
        A.Answer(received);

        Assert.Equal(received, End(pending));
        Assert.Equal(sent, A.Received[2]);
    }

    [Fact]
    public void Gets_WhereTheRefillFails_IsAMiss()
    {
        A.On("gets", "END").On("add", "SERVER_ERROR full");
        B.On("mg", "VA 1 s1 f5 t60 c9|x");

        Assert.Equal("END", Send(_strategy, "gets k"));
    }

    [Fact]
    public void BinaryGet_OfWhatOnlyTheFallbackHas_IsAskedAgainInBinary()
    {
        byte[] packet = [0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, (byte)'k'];
        var request = TestRequests.Binary(Loop, packet);
        A.On("binary", "EN", "VA 1|x").On("add", "STORED");
        B.On("mg", "VA 1 s1 f5 t60 c9|x");

        var pending = _strategy.SendAsync(request);
        request.Release();

        Assert.Equal("VA 1|x", End(pending));
        Assert.Equal("add k 5 60 1|x", A.Received[1]);
    }

    [Fact]
    public void Get_OfAKeyInBase64_AsksAndStoresInBase64()
    {
        A.On("mg", "EN", "VA 1 b|x").On("ms", "HD");
        B.On("mg", "VA 1 b s1 f5 t60 c9|x");

        Assert.Equal("VA 1 b|x", Send(_strategy, "mg AQID v b"));

        Assert.Equal(["mg AQID b s v f t c"], B.Received);
        Assert.Equal("ms AQID 1 b T60 F5 ME|x", A.Received[1]);
    }

    [Fact]
    public void Get_WithAFallbackThatKnowsNoMeta_IsReadByGetAndThatIsRemembered()
    {
        A.On("get", "END").On("add", "STORED");
        B.On("mg", "ERROR").On("get", "VALUE k 5 1|x");

        Assert.Equal("VALUE k 5 1|x", Send(_strategy, "get k"));
        Assert.Equal("VALUE k 5 1|x", Send(_strategy, "get k"));
        Loop.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("VALUE k 5 1|x", Send(_strategy, "get k"));

        Assert.Equal([Read, "get k", "get k", Read, "get k"], B.Received);
        Assert.Equal("add k 5 3600 1|x", A.Received[1]);
    }

    [Fact]
    public void Get_OfOneKeyByMany_IsReadOnceAtTheFallback()
    {
        A.On("get", "END").On("add", "STORED").On("mg", "EN");
        var pending = Enumerable.Range(0, 5).Select(_ => Begin(_strategy, "get k")).ToList();
        var meta = Begin(_strategy, "mg k v t");
        var other = Begin(_strategy, "get other");

        Assert.Equal([Read, "mg other s v f t c"], B.Received);
        B.Answer("VA 1 s1 f5 t60 c9|x");
        B.Answer("EN");

        Assert.All(pending, reply => Assert.Equal("VALUE k 5 1|x", End(reply)));
        Assert.Equal("VA 1 t60|x", End(meta));
        Assert.Equal("END", End(other));
        Assert.Single(A.Received, "add k 5 60 1|x");
        Assert.Equal(5, _strategy.Counters.Collapsed);
        Assert.Equal(1, _strategy.Counters.Refills);
    }

    [Fact]
    public void Get_BeyondTheLimits_IsReadAlone()
    {
        var options = new WarmFirstOptions { MaxKeys = 1, MaxWaiting = 1 };
        var strategy = new WarmFirst(Loop, A, B, options) { Name = "w" };
        A.On("get", "END").On("add", "STORED");
        string[] keys = ["k", "k", "k", "other", "other"];

        var pending = keys.Select(key => Begin(strategy, "get " + key)).ToList();

        Assert.Equal(4, B.Waiting);
        while (B.Waiting > 0)
        {
            B.Answer("EN");
        }

        Assert.All(pending, reply => Assert.Equal("END", End(reply)));
    }

    [Theory]
    [InlineData("delete k", "DELETED")]
    [InlineData("set k 0 0 3|new", "STORED")]
    public void Change_WhileItsKeyIsRead_KeepsTheOldValueOutOfThePrimary(string change, string changed)
    {
        A.On("get", "END");
        var reader = Begin(_strategy, "get k");
        var pending = Begin(_strategy, change);
        var later = Begin(_strategy, "get k");

        Assert.Equal([Read, change, Read], B.Received);
        B.Answer("VA 3 s3 f0 t60 c9|old");
        B.Answer(changed);
        A.Answer(changed);
        B.Answer("EN");

        Assert.Equal("VALUE k 0 3|old", End(reader));
        Assert.Equal(changed, End(pending));
        Assert.Equal("END", End(later));
        Assert.DoesNotContain(A.Received, line => line.StartsWith("add", StringComparison.Ordinal));
        Assert.Equal(1, _strategy.Counters.SkippedRefills);
    }

    [Fact]
    public void Delete_WhileAFallbackAnswersOutOfOrder_KeepsTheOldValueOutOfThePrimary()
    {
        A.On("get", "END");
        var pending = Begin(_strategy, "delete k");
        var reader = Begin(_strategy, "get k");

        // The reading was answered before the delete, and its answer comes after the delete's.
        B.Answer("DELETED");
        B.Answer("VA 3 s3 f0 t60 c9|old");
        A.Answer("DELETED");

        Assert.Equal("VALUE k 0 3|old", End(reader));
        Assert.Equal("DELETED", End(pending));
        Assert.DoesNotContain(A.Received, line => line.StartsWith("add", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("get other", "get k")]
    [InlineData("gat 60 k", "gat 60 k")]
    public void Delete_WhileItsKeyIsReadBesideTheTable_KeepsTheOldValueOutOfThePrimary(string first, string second)
    {
        var strategy = new WarmFirst(Loop, A, B, new WarmFirstOptions { MaxKeys = 1 }) { Name = "w" };
        A.On("get", "END").On("gat", "END").On("add", "STORED").On("delete", "DELETED");
        B.On("delete", "DELETED");
        var one = Begin(strategy, first);
        var two = Begin(strategy, second);

        Assert.Equal("DELETED", Send(strategy, "delete k"));
        B.Answer("EN");
        B.Answer("VA 3 s3 f0 t60 c9|old");

        Assert.Equal("END", End(one));
        Assert.Equal("VALUE k 0 3|old", End(two));
        Assert.DoesNotContain(A.Received, line => line.StartsWith("add", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ma k N0 J1", "HD")]
    [InlineData("ms k 1 MA N60|x", "HD")]
    public void Change_ThatMakesWhatIsMissing_IsMadeAfterARefill(string sent, string received)
    {
        A.On(sent[..2], received).On("add", "STORED");
        B.On("mg", "VA 1 s1 f0 t60 c9|5").On("delete", "DELETED");

        Assert.Equal(received, Send(_strategy, sent));

        Assert.Equal(["add k 0 60 1|5", sent], A.Received);
    }

    [Theory]
    [InlineData("00000000", true)]
    [InlineData("FFFFFFFF", false)]
    public void BinaryIncrement_ThatMakesWhatIsMissing_IsMadeAfterARefill(string expiry, bool isRefilledFirst)
    {
        A.On("binary", "6").On("add", "STORED");
        B.On("mg", "VA 1 s1 f0 t60 c9|5").On("delete", "DELETED");
        var request = TestRequests.Binary(
            Loop, new Packet(BinaryOpcode.Increment, "00000000000000010000000000000000" + expiry, "k").ToBytes());

        var pending = _strategy.SendAsync(request);
        request.Release();

        Assert.Equal("6", End(pending));
        Assert.Equal(isRefilledFirst, A.Received[0] == "add k 0 60 1|5");
    }

    [Theory]
    [InlineData("set k 0 0 1|x", "STORED", "STORED", "STORED")]
    [InlineData("set k 0 0 1|x", "!timeout", "STORED", "SERVER_ERROR backend x failed")]
    [InlineData("set k 0 0 1|x", "STORED", "SERVER_ERROR full", "SERVER_ERROR full")]
    [InlineData("ms k 1|x", "HD", "HD", "HD")]
    [InlineData("delete k", "DELETED", "NOT_FOUND", "DELETED")]
    [InlineData("delete k", "NOT_FOUND", "DELETED", "DELETED")]
    [InlineData("delete k", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND")]
    [InlineData("delete k", "!timeout", "DELETED", "SERVER_ERROR backend x failed")]
    [InlineData("md k", "HD", "NF", "HD")]
    [InlineData("touch k 60", "TOUCHED", "NOT_FOUND", "TOUCHED")]
    public void Change_WhateverIsThere_GoesToTheFallbackAndThenToThePrimary(
        string sent, string fallback, string primary, string received)
    {
        var pending = Begin(_strategy, sent);
        Assert.Empty(A.Received);
        B.Answer(fallback);
        A.Answer(primary);

        Assert.Equal(received, End(pending));
        Assert.Equal([sent], A.Received);
        Assert.Equal([sent], B.Received);
    }

    [Theory]
    [InlineData("incr k 1", "NOT_FOUND", "6")]
    [InlineData("append k 0 0 1|x", "NOT_STORED", "STORED")]
    [InlineData("replace k 0 0 1|x", "NOT_STORED", "STORED")]
    [InlineData("cas k 0 0 1 7|x", "NOT_FOUND", "EXISTS")]
    [InlineData("ma k", "NF", "HD")]
    public void Change_OfWhatThePrimaryLacks_IsTriedAgainAfterARefill(string sent, string first, string second)
    {
        A.On(sent.Split(' ')[0], first, second).On("add", "STORED");
        B.On("mg", "VA 1 s1 f0 t60 c9|5").On("delete", "DELETED");

        Assert.Equal(second, Send(_strategy, sent));

        Assert.Equal([sent, "add k 0 60 1|5", sent], A.Received);
        Assert.Equal(second == "EXISTS" ? [Read] : [Read, "delete k"], B.Received);
    }

    [Theory]
    [InlineData("VA 1 s1 f0 t60 c9|5", "NOT_STORED")]
    [InlineData("EN", "STORED")]
    public void Add_OfWhatTheFallbackMayHave_IsDecidedAfterARefill(string fallback, string received)
    {
        A.On("add", fallback == "EN" ? ["STORED"] : ["STORED", "NOT_STORED"]);
        B.On("mg", fallback).On("delete", "NOT_FOUND");

        Assert.Equal(received, Send(_strategy, "add k 0 0 3|new"));
    }

    [Fact]
    public void Change_WhoseOldValueStaysAtTheFallback_IsCounted()
    {
        A.On("incr", "6");
        B.On("delete", TestReplies.TimedOut);

        Assert.Equal("6", Send(_strategy, "incr k 1"));

        Assert.Equal(1, _strategy.Counters.FailedInvalidations);
    }

    [Theory]
    [InlineData("gat 60 k", "VALUE k 5 1|x")]
    [InlineData("mg k v T60", "VA 1|x")]
    public void Touching_WhatThePrimaryHas_TouchesTheFallbackToo(string sent, string received)
    {
        A.On(sent.Split(' ')[0], received);
        B.On("touch", "TOUCHED");

        Assert.Equal(received, Send(_strategy, sent));

        Assert.Equal(["touch k 60"], B.Received);
    }

    [Fact]
    public void Gat_OfWhatOnlyTheFallbackHas_TouchesItThereAndKeepsTheNewLife()
    {
        A.On("gat", "END").On("add", "STORED");
        B.On("mg", "VA 1 s1 f5 t60 c9|x");

        Assert.Equal("VALUE k 5 1|x", Send(_strategy, "gat 60 k"));

        // In this order: memcached says the seconds that were left before, where T stands behind t.
        Assert.Equal(["mg k T60 s v f t c"], B.Received);
        Assert.Equal("add k 5 60 1|x", A.Received[1]);
    }

    [Fact]
    public void Gat_OfWhatWasRefilledJustBefore_TouchesThePrimaryToo()
    {
        A.On("gat", "END").On("add", "NOT_STORED").On("touch", "TOUCHED");
        B.On("mg", "VA 1 s1 f5 t60 c9|x");

        Assert.Equal("VALUE k 5 1|x", Send(_strategy, "gat 60 k"));

        Assert.Equal(["gat 60 k", "add k 5 60 1|x", "touch k 60"], A.Received);
    }

    [Fact]
    public void Gat_WhileItsKeyIsRead_KeepsTheNewLife()
    {
        A.On("get", "END").On("gat", "END").On("add", "STORED");
        var reader = Begin(_strategy, "get k");
        var touching = Begin(_strategy, "gat 60 k");
        B.Answer("VA 1 s1 f5 t-1 c9|x");
        B.Answer("VA 1 s1 f5 t60 c9|x");

        Assert.Equal("VALUE k 5 1|x", End(reader));
        Assert.Equal("VALUE k 5 1|x", End(touching));
        Assert.Equal(["get k", "gat 60 k", "add k 5 60 1|x"], A.Received);
    }

    [Theory]
    [InlineData("get k", "VALUE k 0 1|x", "VALUE k 0 1|x")]
    [InlineData("get k", "END", "END")]
    [InlineData("get k", "!timeout", "SERVER_ERROR backend x failed")]
    public void Retrieval_ThatFailsAtThePrimary_IsAnsweredByTheFallback(string sent, string fallback, string received)
    {
        A.On("get", TestReplies.TimedOut);
        B.On("get", fallback);

        Assert.Equal(received, Send(_strategy, sent));
    }

    [Fact]
    public void Gets_ThatFailsAtThePrimary_IsTheFailure()
    {
        A.On("gets", TestReplies.TimedOut);

        Assert.Equal("SERVER_ERROR backend x failed", Send(_strategy, "gets k"));
        Assert.Empty(B.Received);
    }
}
