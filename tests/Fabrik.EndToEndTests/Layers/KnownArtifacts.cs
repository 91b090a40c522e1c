using System.Net;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers;

/// <summary>
/// Bytes that the test knows, beside those that a build tool makes: one that is kept inside the index, one that is
/// stored before it is passed on, and one that is passed on while it comes.
/// </summary>
internal static class KnownArtifacts
{
    private static readonly int[] Sizes = [900, 300_000, 6_000_000];

    public static async Task StoreAsync(FabrikServer server)
    {
        foreach (var size in Sizes)
        {
            using var content = new ByteArrayContent(Bytes(size));
            using var stored = await server.Http.PutAsync($"http/known-{size}", content);
            Assert.True(stored.IsSuccessStatusCode, stored.ToString());
        }
    }

    public static async Task DeleteAsync(FabrikServer server)
    {
        foreach (var size in Sizes)
        {
            using var deleted = await server.Http.DeleteAsync($"http/known-{size}");
            Assert.True(deleted.IsSuccessStatusCode, deleted.ToString());
        }
    }

    /// <summary>Throws unless every one of them is there, and right.</summary>
    public static async Task ExpectAllAsync(FabrikServer server)
    {
        foreach (var size in Sizes)
        {
            var bytes = await server.Http.GetByteArrayAsync($"http/known-{size}");
            Assert.True(Bytes(size).AsSpan().SequenceEqual(bytes), $"{size} bytes came wrong\n{server.Log}");
        }
    }

    /// <summary>
    /// Throws if one of them is there and wrong: a miss is fine, and so is a transfer that breaks off.
    /// </summary>
    public static async Task ExpectNothingWrongAsync(FabrikServer server)
    {
        foreach (var size in Sizes)
        {
            try
            {
                using var answer = await server.Http.GetAsync($"http/known-{size}");
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    var bytes = await answer.Content.ReadAsByteArrayAsync();
                    Assert.True(Bytes(size).AsSpan().SequenceEqual(bytes), $"{size} bytes came wrong\n{server.Log}");
                }
                else
                {
                    Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
                }
            }
            catch (HttpRequestException)
            {
                // Broken off: the client knows that it has not got it all.
            }
        }
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }
}
