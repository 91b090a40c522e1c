using System.Text;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Destinations.Tiers;
using Fabrik.Memcached.Requests;
using Fabrik.MemcachedTests.Destinations;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Model;

/// <summary>
/// Random commands of many clients through random trees of strategies. Whatever fails, a value that comes was written
/// under its key, each command is answered once, and nothing is held at the end. Where nothing fails, a tree is one
/// memcached: whoever reads what nobody changes meanwhile gets what it would give.
/// </summary>
public sealed class StrategyModelTests
{
    private const int Trees = 100;
    private const int Commands = 400;
    private const int MaxOnTheirWay = 12;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Commands_ThroughAnyTree_AreAnsweredOnceWithWhatWasWritten(bool isFaulty)
    {
        var seed = Random.Shared.Next(1 << 30);
        for (var tree = 0; tree < Trees; tree++)
        {
            Run(seed + tree, isFaulty);
        }
    }

    private static void Run(int seed, bool isFaulty)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            new Session(seed, isFaulty).Run();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"seed {seed}, {(isFaulty ? "faulty" : "sound")}: {e.Message}", e);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>A tree with its clients.</summary>
    private sealed class Session
    {
        private readonly ManualLoop _loop = new();
        private readonly Random _random;
        private readonly ModelCommands _commands;
        private readonly ModelTree _tree;
        private readonly Destination _root;
        private readonly ModelStore _whole;
        private readonly Dictionary<string, Place> _places = [];
        private readonly bool _isFaulty;
        private int _sent;
        private int _answered;

        public Session(int seed, bool isFaulty)
        {
            _isFaulty = isFaulty;
            _random = new Random(seed);
            _commands = new ModelCommands(_random, isLoose: isFaulty);
            _tree = new ModelTree(_loop, _random, isFaulty);
            _whole = new ModelStore(_loop);
            _root = _random.Next(2) == 0 ? _tree.MakeWarmFirst(2) : _tree.Make(2);
        }

        public void Run()
        {
            if (_root is WarmFirst warm)
            {
                // What a cold primary lacks.
                Fill(warm.Children[1]);
            }

            while (_sent < Commands)
            {
                var isNext = _sent - _answered < MaxOnTheirWay && _random.Next(5) < 2;
                if (!isNext && Step())
                {
                    continue;
                }

                Send(_commands.Next());
                Disturb();
            }

            Finish();
            Assert.Equal(_sent, _answered);
            Assert.All(_tree.Strategies, static one => Assert.Equal(0, one.Background?.Outstanding ?? 0));
            Assert.Equal(0, _tree.Pending.InUse);
            Assert.Equal(0, _loop.Requests.InUse);
            Assert.Equal(0, _loop.Blocks.HeldBytes);
        }

        private static void Await(ValueTask<Reply> pending, Action<Reply> take)
        {
            if (pending.IsCompleted)
            {
                take(Completed.Take(pending));
            }
            else
            {
                pending.GetAwaiter().UnsafeOnCompleted(() => take(Completed.Take(pending)));
            }
        }

        private Request Make(ModelCommand command)
        {
            var text = Encoding.Latin1.GetString(command.Bytes);
            return command.IsBinary
                ? TestRequests.Binary(_loop, command.Bytes)
                : TestRequests.Text(_loop, text[..^2]);
        }

        private void Fill(Destination fallback)
        {
            foreach (var store in _commands.Stores())
            {
                var request = Make(store);
                _whole.Execute(request).Release();
                var pending = fallback.SendAsync(request);
                request.Release();
                Finish();
                Completed.Take(pending).Release();
            }
        }

        private bool Step()
        {
            var busy = _tree.Servers.FindAll(static server => server.Waiting > 0);
            if (busy.Count > 0)
            {
                busy[_random.Next(busy.Count)].Step();
            }

            return busy.Count > 0;
        }

        private void Finish()
        {
            while (Step())
            {
            }
        }

        private void Disturb()
        {
            if (!_isFaulty)
            {
                return;
            }

            _loop.Clock.Advance(TimeSpan.FromMilliseconds(_random.Next(40) == 0 ? 100_000 : 10));
            var server = _tree.Servers[_random.Next(_tree.Servers.Count)];
            server.IsDown = _random.Next(8) == 0;
            server.Share = _random.Next(2) == 0 ? 256 : _random.Next(256);
        }

        private void Send(ModelCommand command)
        {
            if (!_places.TryGetValue(command.Key, out var place))
            {
                _places[command.Key] = place = new Place();
            }

            if (!_isFaulty && !command.IsRead && place.IsChanging)
            {
                return;
            }

            _sent++;
            var request = Make(command);
            place.Tell($"{_sent} sent: {Shown(request.Message)}");
            var number = _sent;
            var changes = place.IsChanging ? -1 : place.Changes;
            if (!command.IsRead)
            {
                place.IsChanging = true;
                place.Changes++;
            }

            // A client holds its request until it has the answer.
            Await(_root.SendAsync(request), Take);

            void Take(Reply reply)
            {
                _answered++;
                place.Tell($"{number} got:  {Shown(reply.Message)}");
                Check(command, request, reply);
                if (!_isFaulty && (!command.IsRead || (!place.IsChanging && place.Changes == changes)))
                {
                    Compare(command, request, reply, place);
                }

                place.IsChanging &= command.IsRead;
                reply.Release();
                request.Release();
            }
        }

        private void Check(ModelCommand command, Request request, Reply reply)
        {
            Assert.True(_isFaulty || !reply.IsFailure, "What did not fail was answered by a failure.");
            if (reply.Kind == ReplyKind.Hit && request.Verb != Verb.MetaArithmetic)
            {
                Assert.True(
                    _commands.IsOf(command.Key, reply.Value),
                    $"{Shown(request.Message)} got {Shown(reply.Message)}, which was never written there.");
            }
        }

        private void Compare(ModelCommand command, Request request, Reply reply, Place place)
        {
            var expected = _whole.Execute(request);
            var hasUnique = command.IsBinary || request.Verb == Verb.Gets
                || Shown(request.Message).Contains(" c", StringComparison.Ordinal);
            var isSame = expected.Kind == reply.Kind && (hasUnique
                ? expected.Value.SequenceEqual(reply.Value)
                : expected.Message.SequenceEqual(reply.Message));
            var path = new DestinationPath();
            _root.Explain(request.RoutingKey, path);
            Assert.True(
                isSame,
                $"{Shown(request.Message)} got {Shown(reply.Message)}, not {Shown(expected.Message)}\n"
                    + $"{string.Join('\n', path.Lines)}\n{string.Join('\n', place.History)}");
            expected.Release();
        }

        private static string Shown(ReadOnlySpan<byte> message) =>
            Encoding.Latin1.GetString(message[..Math.Min(120, message.Length)]).ReplaceLineEndings("|");

        /// <summary>What is under way of a key.</summary>
        private sealed class Place
        {
            public bool IsChanging { get; set; }

            public int Changes { get; set; }

            /// <summary>What clients sent and got of it lately.</summary>
            public Queue<string> History { get; } = new();

            public void Tell(string what)
            {
                History.Enqueue(what);
                if (History.Count > 60)
                {
                    History.Dequeue();
                }
            }
        }
    }
}
