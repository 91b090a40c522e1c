using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.MemcachedTests.Wire.Memcached;
using Fabrik.Wire.Memcached;
using Xunit;
using Parallel = Fabrik.Memcached.Destinations.Parallel;

namespace Fabrik.MemcachedTests.Destinations;

public sealed class FanoutTests : StrategyTest
{
    [Theory]
    // The client sends; a, b and c answer in this order; after so many of them the client has this answer.
    [InlineData("get k", "END", "VALUE k 0 1|b", "VALUE k 0 1|c", 2, "VALUE k 0 1|b")]
    [InlineData("get k", "VALUE k 0 1|a", "!timeout", "END", 1, "VALUE k 0 1|a")]
    [InlineData("get k", "!timeout", "END", "!timeout", 3, "END")]
    [InlineData("get k", "!timeout", "!timeout", "SERVER_ERROR x", 3, "SERVER_ERROR backend x failed")]
    [InlineData("mg k v", "EN", "EN", "VA 1|c", 3, "VA 1|c")]
    [InlineData("set k 0 0 1|x", "STORED", "STORED", "STORED", 3, "STORED")]
    [InlineData("set k 0 0 1|x", "STORED", "SERVER_ERROR full", "STORED", 3, "SERVER_ERROR full")]
    [InlineData("delete k", "DELETED", "NOT_FOUND", "DELETED", 3, "NOT_FOUND")]
    [InlineData("add k 0 0 1|x", "STORED", "NOT_STORED", "STORED", 3, "NOT_STORED")]
    public void Parallel_AnswersInThisOrder_AnswerTheClient(
        string sent, string first, string second, string third, int after, string received)
    {
        Check(new Parallel(Loop, Children) { Name = "p" }, sent, [first, second, third], (after, received));
    }

    [Theory]
    [InlineData(ReplicationMode.AllSync, "set k 0 0 1|x", "STORED", "NOT_STORED", "STORED", 3, "NOT_STORED")]
    [InlineData(ReplicationMode.AllSync, "set k 0 0 1|x", "STORED", "STORED", "STORED", 3, "STORED")]
    [InlineData(ReplicationMode.Majority, "set k 0 0 1|x", "STORED", "STORED", "!timeout", 2, "STORED")]
    [InlineData(ReplicationMode.Majority, "set k 0 0 1|x", "!timeout", "STORED", "STORED", 3, "STORED")]
    [InlineData(ReplicationMode.Majority, "delete k", "!timeout", "DELETED", "NOT_FOUND", 3,
        "SERVER_ERROR backend x failed")]
    [InlineData(ReplicationMode.AllAsync, "set k 0 0 1|x", "STORED", "!timeout", "!timeout", 1, "STORED")]
    [InlineData(ReplicationMode.AllAsync, "delete k", "NOT_FOUND", "DELETED", "DELETED", 1, "NOT_FOUND")]
    public void Replicate_ChangesAnsweredInThisOrder_AnswerTheClient(
        ReplicationMode mode, string sent, string first, string second, string third, int after, string received)
    {
        Check(new Replicate(Loop, Children, mode) { Name = "r" }, sent, [first, second, third], (after, received));
    }

    [Fact]
    public void Replicate_AllAsync_AnswersWithTheFirstChildThoughOthersAreFaster()
    {
        var strategy = new Replicate(Loop, Children, ReplicationMode.AllAsync) { Name = "r" };

        var pending = Begin(strategy, "set k 0 0 1|x");
        C.Answer("STORED");
        B.Answer("SERVER_ERROR full");
        Assert.False(pending.IsCompleted);
        A.Answer("STORED");

        Assert.Equal("STORED", End(pending));
    }

    [Theory]
    [InlineData("END", "VALUE k 0 1|b", "VALUE k 0 1|b")]
    [InlineData("!timeout", "VALUE k 0 1|b", "VALUE k 0 1|b")]
    [InlineData("!timeout", "END", "END")]
    public void Replicate_Retrieval_IsAnsweredByTheFirstThatHasIt(string first, string second, string received)
    {
        var strategy = new Replicate(Loop, Children, ReplicationMode.AllSync) { Name = "r" };
        A.On("get", first);
        B.On("get", second);
        C.On("get", "END");

        Assert.Equal(received, Send(strategy, "get k"));
    }

    [Theory]
    [InlineData("cas k 5 60 1 7|x", "STORED", "set k 5 60 1|x", "STORED", "STORED")]
    [InlineData("cas k 5 60 1 7 noreply|x", "STORED", "set k 5 60 1|x", "STORED", "STORED")]
    [InlineData("cas k 5 60 1 7|x", "STORED", "set k 5 60 1|x", "SERVER_ERROR full", "SERVER_ERROR full")]
    [InlineData("cas k 5 60 1 7|x", "EXISTS", "", "", "EXISTS")]
    [InlineData("ms k 1 C7 F5 T60 q|x", "HD", "ms k 1 F5 T60|x", "HD", "HD")]
    [InlineData("ms k 1 C7 MA|x", "HD", "delete k", "NOT_FOUND", "HD")]
    [InlineData("md k C7", "HD", "delete k", "DELETED", "HD")]
    [InlineData("ma k C7", "HD", "delete k", "DELETED", "HD")]
    public void Replicate_WhatComparesANumber_IsDecidedByTheFirstAndRepeatedAtTheOthers(
        string sent, string first, string repeated, string others, string received)
    {
        var strategy = new Replicate(Loop, Children, ReplicationMode.AllSync) { Name = "r" };

        var pending = Begin(strategy, sent);
        Assert.Equal(0, B.Waiting + C.Waiting);
        A.Answer(first);
        if (repeated.Length > 0)
        {
            Assert.Equal([repeated], B.Received);
            Assert.Equal([repeated], C.Received);
            B.Answer(others);
            C.Answer(others);
        }

        Assert.Equal(received, End(pending));
        Assert.Single(A.Received);
    }

    [Fact]
    public void Replicate_Gets_AsksForTheNumberOfTheFirstOnly()
    {
        var strategy = new Replicate(Loop, Children, ReplicationMode.AllSync) { Name = "r" };
        A.On("gets", "END");

        Assert.Equal("END", Send(strategy, "gets k"));
        Assert.Empty(B.Received);
    }

    [Theory]
    [InlineData("gat 60 k", "VALUE k 0 1|x")]
    [InlineData("mg k v T60", "VA 1|x")]
    public void Replicate_OfARetrievalThatTouches_TouchesEverywhere(string sent, string received)
    {
        var strategy = new Replicate(Loop, Children, ReplicationMode.AllSync) { Name = "r" };
        Array.ForEach(Children, child => child.On(sent.Split(' ')[0], received));

        Assert.Equal(received, Send(strategy, sent));

        Assert.All(Children, child => Assert.Equal([sent], child.Received));
    }

    [Theory]
    [InlineData("gets k")]
    [InlineData("mg k v c")]
    public void Replicate_OfANumberThatTheFirstCannotTell_IsTheFailure(string sent)
    {
        var strategy = new Replicate(Loop, Children, ReplicationMode.AllSync) { Name = "r" };
        A.On(sent.Split(' ')[0], TestReplies.NotSent);

        Assert.Equal("SERVER_ERROR backend x failed", Send(strategy, sent));
        Assert.Empty(B.Received);
    }

    [Theory]
    [InlineData(0x13)]
    [InlineData(0x03)]
    public void Replicate_ABinaryReplaceThatCompares_IsASetWithoutANumberAtTheOthers(byte opcode)
    {
        var strategy = new Replicate(Loop, Children, ReplicationMode.AllSync) { Name = "r" };
        var stored = new List<Command>();
        B.Sent = request => stored.Add(request.Command);
        var packet = new Packet(opcode, "0000000000000000", "k", "78", Unique: 9).ToBytes();
        var request = TestRequests.Binary(Loop, packet);
        var pending = strategy.SendAsync(request);
        request.Release();
        A.Answer("STORED");
        B.Answer("STORED");
        C.Answer("STORED");

        Assert.Equal("STORED", End(pending));
        var store = Assert.Single(stored);
        Assert.Equal((BinaryOpcode.Set, Verb.Set, 0UL), (store.Opcode, store.Verb, store.Unique));
        var expected = new Packet(BinaryOpcode.Set, "0000000000000000", "k", "78").ToBytes();
        Assert.Equal("binary " + Convert.ToHexString(expected), Assert.Single(B.Received));
    }

    [Fact]
    public void Replicate_UnderALimitOfLife_StillComparesABinaryNumberAtTheFirstOnly()
    {
        var replicate = new Replicate(Loop, Children, ReplicationMode.AllSync) { Name = "r" };
        var limited = new ExpiryLimited(Loop, replicate, TimeSpan.FromSeconds(60)) { Name = "l" };
        var request = TestRequests.Binary(
            Loop, new Packet(BinaryOpcode.Set, "0000000000000000", "k", "78", Unique: 9).ToBytes());
        var pending = limited.SendAsync(request);
        request.Release();

        Assert.Empty(B.Received);
        A.Answer("EXISTS");
        Assert.Equal("EXISTS", End(pending));
    }

    [Fact]
    public void Parallel_ManyRequestsAtATime_AreToldApart()
    {
        var strategy = new Parallel(Loop, Children) { Name = "p" };
        for (var round = 0; round < 3; round++)
        {
            var first = Begin(strategy, "get k1");
            var second = Begin(strategy, "get k2");
            A.Answer("END");
            B.Answer("VALUE k1 0 1|b");
            A.Answer("VALUE k2 0 1|a");
            Assert.Equal("VALUE k2 0 1|a", End(second));
            Assert.Equal("VALUE k1 0 1|b", End(first));
            B.Answer("END");
            C.Answer("VALUE k1 0 1|c");
            C.Answer("!timeout");
        }
    }

    [Fact]
    public void Composed_AReplicaThatIsAFailover_StoresWhereItCan()
    {
        var options = new FailoverOptions { Expiry = TimeSpan.FromMinutes(1) };
        var standIn = new Failover(Loop, [B, C], options) { Name = "f" };
        var strategy = new Replicate(Loop, [A, standIn], ReplicationMode.AllSync) { Name = "r" };

        var pending = Begin(strategy, "set k 0 3600 1|x");
        A.Answer("STORED");
        B.Answer(TestReplies.TimedOut);
        C.Answer("STORED");

        Assert.Equal("STORED", End(pending));
        Assert.Equal(["set k 0 60 1|x"], C.Received);
        Assert.Equal(
            "r: replicate, changes to all, answered by the worst; retrievals from the first that has it\n  a\n"
            + "  f: failover, the next one after a failure\n    b\n    c",
            Explain(strategy, "k"));
    }

    private void Check(Destination strategy, string sent, string[] replies, (int After, string Text) received)
    {
        var pending = Begin(strategy, sent);
        for (var i = 0; i < Children.Length; i++)
        {
            Assert.Equal([sent], Children[i].Received);
            Children[i].Answer(replies[i]);
            Assert.Equal(i + 1 >= received.After, pending.IsCompleted);
        }

        Assert.Equal(received.Text, End(pending));
    }
}
