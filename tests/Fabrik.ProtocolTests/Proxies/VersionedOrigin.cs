using System.Globalization;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>
/// Objects that change, behind an origin that fails now and then, as a seed has it. Every byte of an answer tells by
/// its version's own sequence which version it is of; objects with an odd number have no entity tag.
/// </summary>
internal sealed class VersionedOrigin(int seed, int objects)
{
    private const string VersionHeader = "x-amz-meta-version";

    private readonly Lock _lock = new();
    private readonly Random _chance = new(seed);
    private readonly int[] _versions = new int[objects];

    /// <summary>Out of a hundred requests, how many fail.</summary>
    public int Faults { get; set; } = 12;

    /// <summary>Overwrites an object.</summary>
    public void Change(int number) => Interlocked.Increment(ref _versions[number]);

    /// <summary>The bytes of a version; their number differs from one to the next.</summary>
    public byte[] BytesOf(int number, int version)
    {
        var random = new Random((seed * 1_000_003) + (number * 7919) + version);
        var bytes = new byte[30_000 + random.Next(400_000)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Whether an answer is exactly a part, or the whole, of one version.</summary>
    public bool IsOfOneVersion(int number, ProxyAnswer answer)
    {
        var version = int.Parse(answer[VersionHeader]!, CultureInfo.InvariantCulture);
        var bytes = BytesOf(number, version);
        if (answer.Status == 200)
        {
            return bytes.AsSpan().SequenceEqual(answer.Body);
        }

        var parts = answer["Content-Range"]!["bytes ".Length..].Split('-', '/');
        var (first, last, size) = (Number(parts[0]), Number(parts[1]), Number(parts[2]));
        return size == bytes.Length && bytes.AsSpan(first..(last + 1)).SequenceEqual(answer.Body);
    }

    /// <summary>Answers a request.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        var (isFailing, breaksAt) = Draw();
        if (isFailing)
        {
            http.Response.StatusCode = 503;
            return;
        }

        var number = Number(http.Request.Path.Value!.Split('/')[^1]);
        var version = Volatile.Read(ref _versions[number]);
        var bytes = BytesOf(number, version);
        var (tag, response) = ($"\"{number}-{version}\"", http.Response);
        response.Headers[VersionHeader] = version.ToString(CultureInfo.InvariantCulture);
        if (number % 2 == 0)
        {
            response.Headers.ETag = tag;
            if (http.Request.Headers.IfMatch is [{ } wanted] && wanted != tag)
            {
                response.StatusCode = 412;
                return;
            }

            if (http.Request.Headers.IfNoneMatch.ToString() == tag)
            {
                response.StatusCode = 304;
                return;
            }
        }

        var range = new ByteRange(0, bytes.Length);
        if (http.Request.Headers.Range is [{ } header])
        {
            if (ByteRange.Parse(header, bytes.Length, out range) != RangeKind.Part)
            {
                response.StatusCode = 416;
                return;
            }

            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{bytes.Length}";
        }

        response.ContentLength = range.Length;
        await SendAsync(http, bytes.AsMemory((int)range.Offset, (int)range.Length), breaksAt);
    }

    private static async Task SendAsync(HttpContext http, ReadOnlyMemory<byte> bytes, int breaksAt)
    {
        for (var offset = 0; offset < bytes.Length && !HttpMethods.IsHead(http.Request.Method); offset += 10_000)
        {
            if (offset >= breaksAt)
            {
                http.Abort();
                return;
            }

            await http.Response.Body.WriteAsync(
                bytes.Slice(offset, Math.Min(10_000, bytes.Length - offset)), http.RequestAborted);
        }
    }

    private (bool IsFailing, int BreaksAt) Draw()
    {
        lock (_lock)
        {
            var fails = _chance.Next(100) < Faults;
            var isFailing = fails && _chance.Next(2) == 0;
            return (isFailing, fails ? _chance.Next(200_000) : int.MaxValue);
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
