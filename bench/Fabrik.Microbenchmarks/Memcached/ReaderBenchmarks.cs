using BenchmarkDotNet.Attributes;
using Fabrik.Wire.Memcached;

namespace Fabrik.Microbenchmarks.Memcached;

/// <summary>What reading a command of memcached's, or an answer to one, costs.</summary>
[MemoryDiagnoser]
public class ReaderBenchmarks
{
    private readonly byte[] _get = "get user:42\r\n"u8.ToArray();
    private readonly byte[] _multiGet = [
        .. "get"u8, .. Enumerable.Range(0, 100).SelectMany(i => " user:42"u8.ToArray()), .. "\r\n"u8];

    private readonly byte[] _set = [.. "set user:42 0 3600 100\r\n"u8, .. new byte[100], .. "\r\n"u8];
    private readonly byte[] _metaGet = "mg user:42 s v f t c k q O123\r\n"u8.ToArray();
    private readonly byte[] _packet =
        [0x80, 0x00, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7, .. new byte[12], .. "user:42"u8];

    private readonly byte[] _value = [.. "VALUE user:42 0 100\r\n"u8, .. new byte[100], .. "\r\n"u8];
    private readonly byte[] _metaValue = [.. "VA 100 s100 f0 t-1 c12345\r\n"u8, .. new byte[100], .. "\r\n"u8];

    [Benchmark]
    public int Get() => Command(_get, MemcachedProtocol.Text);

    [Benchmark]
    public int GetOf100Keys() => Command(_multiGet, MemcachedProtocol.Text);

    [Benchmark]
    public int Set() => Command(_set, MemcachedProtocol.Text);

    [Benchmark]
    public int MetaGet() => Command(_metaGet, MemcachedProtocol.Text);

    [Benchmark]
    public int BinaryGet() => Command(_packet, MemcachedProtocol.Binary);

    [Benchmark]
    public int Value() => Reply(_value, Verb.Get);

    [Benchmark]
    public int MetaValue() => Reply(_metaValue, Verb.MetaGet);

    private static int Command(byte[] input, MemcachedProtocol protocol)
    {
        CommandReader.TryRead(input, protocol, ReaderLimits.Default, out var command, out _);
        return command.Length;
    }

    private static int Reply(byte[] input, Verb verb)
    {
        ReplyReader.TryRead(input, verb, MemcachedProtocol.Text, ReaderLimits.Default, out var reply);
        return reply.Length;
    }
}
