using System.Globalization;
using System.Text;
using Fabrik.Memcached.Loop;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>
/// Many clients at once over few connections: each value names its key and its client, so that an answer that went to a
/// wrong request is seen.
/// </summary>
public sealed class HammerTests
{
    private const int Clients = 32;
    private const int Rounds = 250;
    private const int Keys = 24;

    public static TheoryData<string> Pollers => ["epoll", "select"];

    [Theory]
    [MemberData(nameof(Pollers))]
    public async Task Clients_OfManyMixedRequests_GetTheirOwnAnswersOnly(string poller)
    {
        Assert.SkipUnless(RealMemcached.IsInstalled, "memcached is not installed");
        Assert.SkipUnless(poller != "epoll" || OperatingSystem.IsLinux(), "epoll is Linux's");
        using var server = RealMemcached.Start();
        await using var proxy = await TestProxy.StartAsync(
            TestProxy.Options(server.EndPoint) with { Loops = 2 },
            () => poller == "epoll" ? new EpollPoller() : new SelectPoller());
        var seed = Random.Shared.Next(1 << 30);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");

        var clients = Enumerable.Range(0, Clients).Select(i => Task.Factory.StartNew(
            () => new Hammer(proxy.Connect(), i, seed).Run(),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        await Task.WhenAll(clients);

        // The last command of a client may be one whose answer it does not wait for.
        foreach (var loop in proxy.Proxy.Loops)
        {
            await Wait.UntilAsync(
                () => loop.Loop.PendingReplies.InUse == 0 && loop.Loop.Requests.InUse == 0
                    && loop.Scope.Slots.InUse == 0);
        }
    }

    /// <summary>A client that knows what each of its keys must hold.</summary>
    private sealed class Hammer(TestClient client, int number, int seed)
    {
        private readonly Random _random = new(seed + number);
        private readonly string?[] _values = new string?[Keys];
        private readonly StringBuilder _sent = new();
        private readonly StringBuilder _expected = new();
        private int _version;

        public void Run()
        {
            for (var round = 0; round < Rounds; round++)
            {
                var commands = _random.Next(1, 20);
                for (var i = 0; i < commands; i++)
                {
                    Add();
                }

                var expected = _expected.ToString();
                client.Send(_sent.ToString());
                var got = client.Read(expected.Length);
                if (expected != got)
                {
                    var place = expected.Zip(got).TakeWhile(p => p.First == p.Second).Count();
                    Assert.Fail(string.Create(
                        CultureInfo.InvariantCulture,
                        $"seed {seed} client {number} round {round} at {place} of {expected.Length}:\n"
                        + $"expected {Part(expected, place)}\ngot      {Part(got, place)}\n"
                        + $"sent {Part(_sent.ToString(), 0)}"));
                }

                _sent.Clear();
                _expected.Clear();
            }
        }

        private static string Part(string text, int place)
        {
            var start = Math.Clamp(place - 20, 0, text.Length);
            return text.Substring(start, Math.Min(300, text.Length - start));
        }

        private string Key(int key) => $"client-{number}-key-{key}";

        private void Add()
        {
            var key = _random.Next(Keys);
            switch (_random.Next(10))
            {
                case < 3:
                    AddSet(key, isQuiet: false);
                    break;
                case 3:
                    AddSet(key, isQuiet: true);
                    break;
                case 4:
                    AddDelete(key);
                    break;
                case 5:
                    AddMeta(key);
                    break;
                case 6:
                    AddGet("get", [.. Enumerable.Range(0, _random.Next(2, 40)).Select(_ => _random.Next(Keys))]);
                    break;
                default:
                    AddGet(_random.Next(2) == 0 ? "get" : "gat 0", [key]);
                    break;
            }
        }

        private void AddSet(int key, bool isQuiet)
        {
            var size = _random.Next(20) == 0 ? _random.Next(200_000) : _random.Next(300);
            var value = $"{Key(key)}-v{_version++}-{new string((char)('a' + (_version % 26)), size)}";
            _values[key] = value;
            _sent.Append($"set {Key(key)} 0 0 {value.Length}{(isQuiet ? " noreply" : "")}\r\n{value}\r\n");
            _expected.Append(isQuiet ? "" : "STORED\r\n");
        }

        private void AddDelete(int key)
        {
            _sent.Append($"delete {Key(key)}\r\n");
            _expected.Append(_values[key] is null ? "NOT_FOUND\r\n" : "DELETED\r\n");
            _values[key] = null;
        }

        private void AddMeta(int key)
        {
            _sent.Append($"mg {Key(key)} v q k O{_version}\r\nmn\r\n");
            _expected.Append(
                _values[key] is { } value ? $"VA {value.Length} k{Key(key)} O{_version}\r\n{value}\r\n" : "");
            _expected.Append("MN\r\n");
        }

        private void AddGet(string command, int[] keys)
        {
            _sent.Append($"{command} {string.Join(' ', keys.Select(Key))}\r\n");
            foreach (var key in keys)
            {
                _expected.Append(_values[key] is { } value ? $"VALUE {Key(key)} 0 {value.Length}\r\n{value}\r\n" : "");
            }

            _expected.Append("END\r\n");
        }
    }
}
