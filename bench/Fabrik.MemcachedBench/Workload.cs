using System.Buffers.Text;
using System.Text;

namespace Fabrik.MemcachedBench;

/// <summary>
/// What is asked, and what has to be answered. All keys are there, and each value consists of its key, so that a value
/// of another key is seen.
/// </summary>
internal sealed class Workload
{
    /// <summary>Keys that one retrieval asks for at most.</summary>
    public const int MaxMultiGet = 128;

    /// <summary>Bytes of a value's line by which its key is known.</summary>
    public const int HeadLength = 18;

    private const int NumberOffset = 10;
    private const int KeyLength = 20;

    private readonly byte[][] _requests;
    private readonly byte[][] _values;
    private readonly int _keys;

    public Workload(Arguments arguments)
    {
        var size = arguments.Number("size", 100);
        _keys = arguments.Number("keys", 1000);
        MultiGet = arguments.Number("multiget", 1);
        IsSet = arguments.Text("command", "get") == "set";
        if (MultiGet > Math.Min(MaxMultiGet, _keys))
        {
            throw new ArgumentException(
                $"--multiget takes up to {MaxMultiGet} keys, and not more than there are.", nameof(arguments));
        }

        var all = Enumerable.Range(0, _keys);
        Fill = [.. all.Select(i => Latin($"set {Key(i)} 0 0 {size}\r\n{Value(i, size)}\r\n"))];
        _values = [.. all.Select(i => Latin($"VALUE {Key(i)} 0 {size}\r\n{Value(i, size)}\r\n"))];
        _requests = IsSet ? Fill : [.. Enumerable.Range(0, _keys).Select(i => Latin(
            $"get {string.Join(' ', Enumerable.Range(i, MultiGet).Select(k => Key(k % _keys)))}\r\n"))];
    }

    /// <summary>Keys of one retrieval.</summary>
    public int MultiGet { get; }

    /// <summary>Whether values are written.</summary>
    public bool IsSet { get; }

    /// <summary>What stores all keys.</summary>
    public byte[][] Fill { get; }

    /// <summary>The bytes of a request.</summary>
    public byte[] Request(int number) => _requests[number % _keys];

    /// <summary>The key of a value, as the place that it has in a request.</summary>
    /// <param name="head">The first bytes of the value's line.</param>
    /// <param name="request">The request.</param>
    /// <param name="value">All that has to come, line and value.</param>
    /// <returns>-1 for what was not asked for.</returns>
    public int Find(ReadOnlySpan<byte> head, int request, out byte[] value)
    {
        value = [];
        if (!Utf8Parser.TryParse(head[NumberOffset..HeadLength], out int number, out _) || number >= _keys)
        {
            return -1;
        }

        value = _values[number];
        var place = (number - (request % _keys) + _keys) % _keys;
        return place < MultiGet ? place : -1;
    }

    private static string Key(int number) => $"key:{number:D8}".PadRight(KeyLength, 'k');

    private static string Value(int number, int size) =>
        string.Concat(Enumerable.Repeat(Key(number), (size / KeyLength) + 1))[..size];

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}
