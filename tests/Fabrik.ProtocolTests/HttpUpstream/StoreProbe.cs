using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Upstreams.Objects;
using Xunit;

namespace Fabrik.ProtocolTests.HttpUpstream;

/// <summary>Puts and reads whole objects of a store, as a tier would in pieces.</summary>
internal static class StoreProbe
{
    public static readonly string Key = $"ab/{new string('a', 63)}b";

    /// <summary>Bytes that are not all the same.</summary>
    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)(i * 31 >> (i & 3));
        }

        return bytes;
    }

    public static async Task<CacheResult<bool>> PutAsync(
        this IObjectStore store, string key, byte[] bytes, bool ifAbsent = false, int head = 16)
    {
        head = Math.Min(head, bytes.Length);
        using var body = new MemoryStream(bytes, head, bytes.Length - head);
        var reader = PipeReader.Create(body);
        return await store.PutAsync(
            key, new ObjectContent(bytes.AsMemory(0, head), reader, bytes.Length), ifAbsent, CancellationToken.None);
    }

    /// <summary>An object's bytes from an offset on; null when it is not there.</summary>
    public static async Task<byte[]?> ReadAsync(
        this IObjectStore store, string key, long offset = 0, long? length = null)
    {
        var got = await store.GetAsync(key, new ObjectRange(offset, length), CancellationToken.None);
        Assert.True(got.TryGet(out var body, out var error), error?.Message);
        if (body is null)
        {
            return null;
        }

        await using (body)
        {
            var read = await body.ReadAllAsync();
            if (body.Length is { } announced)
            {
                Assert.Equal(announced, read.Length);
            }

            return read;
        }
    }

    public static async Task<byte[]> ReadAllAsync(this ObjectBody body)
    {
        using var bytes = new MemoryStream();
        await body.Content.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    public static async Task<CacheError> GetErrorAsync(this IObjectStore store, string key, long offset = 0)
    {
        var got = await store.GetAsync(key, new ObjectRange(offset, null), CancellationToken.None);
        return Assert.IsType<CacheError>(got.Error);
    }

    public static async Task<bool> ExistsAsync(this IObjectStore store, string key)
    {
        var asked = await store.ExistsAsync(key, CancellationToken.None);
        Assert.True(asked.TryGet(out var exists, out var error), error?.Message);
        return exists;
    }

    public static void IsTrue(CacheResult<bool> result) => Is(true, result);

    public static void Is(bool expected, CacheResult<bool> result)
    {
        Assert.True(result.TryGet(out var value, out var error), error?.Message);
        Assert.Equal(expected, value);
    }

    public static CacheError Fails(CacheErrorKind kind, CacheResult<bool> result)
    {
        Assert.Equal(kind, result.Error?.Kind);
        return result.Error!;
    }
}
