using System.Text;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Requests that are sent on as others, with a shorter life or without a condition: what servers get is one command,
/// the intended one, with the same key, value and opaque.
/// </summary>
internal sealed class MemcachedRewriteTarget : IFuzzTarget
{
    private const int Seconds = 60;

    private static readonly ReaderLimits Limits = new() { MaxValueLength = 100_000 };

    public string Name => "memcached-rewrite";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. MemcachedCommandTarget.Lines,
        .. MemcachedCommandTarget.Packets,
        "add key 1 0 3 noreply\r\nabc\r\n"u8.ToArray(),
        "replace noreply 1 1900000000 3 other\r\na\r\n\r\n"u8.ToArray(),
        "cas key 1 0 0 4\n\r\n"u8.ToArray(),
        "touch key 0 noreply\r\n"u8.ToArray(),
        "gats 0 key other\r\n"u8.ToArray(),
        "mg key v N0 T90 k Oabc q\r\n"u8.ToArray(),
        "ma key N0 J13 D7 T0 q\r\n"u8.ToArray(),
        "ms Zm9v 1 b I C7 E9 MA N0 T0 q\r\nx\r\n"u8.ToArray(),
        "ms k 0 a d e f g h i j k l m n o p r s\r\n\r\n"u8.ToArray(),
        Encoding.ASCII.GetBytes($"ms k 0 x{new string('x', 2036)}\r\n\r\n"),
        Encoding.ASCII.GetBytes($"touch k {new string('0', 2036)}\r\n"),
        [0x80, 0x12, 0, 1, 8, 0, 0, 0, 0, 0, 0, 10, 1, 2, 3, 4, .. new byte[16], (byte)'k', (byte)'v'],
        [0x80, 0x01, 0, 1, 8, 0, 0, 0, 0, 0, 0, 10, 1, 2, 3, 4, .. new byte[7], 9, .. new byte[8], 1, 0],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var protocol = input.IsEmpty ? MemcachedProtocol.Text : CommandReader.Detect(input[0]);
        if (CommandReader.TryRead(input, protocol, Limits, out var command, out _) != ReadStatus.Read)
        {
            return;
        }

        var loop = new StillLoop();
        var keys = new KeyEnumerator(input, in command);
        while (keys.MoveNext())
        {
            var request = Request(loop, input, command, keys.Offset, keys.Length);
            Shorten(loop, request);
            if (RequestTraits.StoresAll(request))
            {
                Unconditional(loop, request);
            }

            request.Release();
        }

        Require(loop.Requests.InUse == 0 && loop.Blocks.HeldBytes == 0, "something is held for ever");
    }

    // As a client's side makes them: one of each key.
    private static Request Request(StillLoop loop, ReadOnlySpan<byte> input, Command command, int offset, int length)
    {
        var block = loop.Blocks.Rent(command.Length);
        input[..command.Length].CopyTo(block.Bytes);
        command.KeyLength = length;
        var request = loop.Requests.Rent();
        request.Fill(block, 0, in command, offset);
        block.Release();
        if (command.HasEncodedKey)
        {
            request.DecodeKey();
        }

        return request;
    }

    private static void Shorten(StillLoop loop, Request request)
    {
        var cap = new ExpiryCap(loop, TimeSpan.FromSeconds(Seconds));
        var made = cap.Apply(request);
        if (made != request)
        {
            var both = new RewrittenRequest(request, made);
            var verb = request.Verb;
            both.CheckSameButForExpiry((place, word) => verb switch
            {
                Verb.MetaSet => place > 2 && word[0] is 'T' or 'N',
                Verb.MetaGet or Verb.MetaArithmetic => place > 1 && word[0] is 'T' or 'N',
                Verb.Gat or Verb.Gats => place == 1,
                Verb.Touch => place == 2,
                _ => place == 3,
            });
            var again = cap.Apply(made);
            Require(again == made, "a life that is short was not short enough");
            again.Release();
        }

        made.Release();
    }

    private static void Unconditional(StillLoop loop, Request request)
    {
        var made = new RequestRewriter(loop).AsPlainStore(request);
        Require(RequestTraits.IsPlainStore(made), "a condition");
        new RewrittenRequest(request, made).CheckPlainStore();
        made.Release();
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException(what);
        }
    }

    /// <summary>A loop whose time stands still, and which does nothing.</summary>
    private sealed class StillLoop : TimeProvider, ILoop
    {
        public TimeProvider Time => this;

        public long Now => 0;

        public BlockPool Blocks { get; } = new();

        public RequestPool Requests { get; } = new();

        public bool IsCurrent => true;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1_893_553_445);

        public void Post(Action<object?> work, object? state) => throw new NotSupportedException();

        public void Schedule(ILoopTimer timer, TimeSpan delay) => throw new NotSupportedException();
    }
}
