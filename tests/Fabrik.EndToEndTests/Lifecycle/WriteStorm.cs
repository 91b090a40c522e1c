using System.Collections.Concurrent;
using System.Net;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Lifecycle;

/// <summary>Several clients that store one artifact after the other until the server is gone.</summary>
internal sealed class WriteStorm
{
    private const int Clients = 4;

    // What a client stores at most: the server should be gone long before.
    private const int MaxWrites = 2000;

    private readonly ConcurrentDictionary<int, bool> _acknowledged = new();
    private int _next;

    public int Acknowledged => _acknowledged.Values.Count(acknowledged => acknowledged);

    /// <summary>Stores until the server refuses connections or writes.</summary>
    public Task RunAsync(FabrikServer server) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => WriteAsync(server.Http))));

    /// <summary>Waits until so many writes more are acknowledged.</summary>
    public Task AdvanceAsync(int writes)
    {
        var goal = Acknowledged + writes;
        return Poll.UntilAsync(() => Acknowledged >= goal, () => $"{Acknowledged} writes of {goal} are acknowledged");
    }

    /// <summary>Throws unless all that was acknowledged is there, and nothing is there with other bytes.</summary>
    public async Task VerifyAsync(FabrikServer server)
    {
        foreach (var (seed, acknowledged) in _acknowledged)
        {
            var artifact = new Artifact(seed);
            using var answer = await server.Http.GetAsync(artifact.Path);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                Assert.False(acknowledged, $"{artifact.Path} was acknowledged and is lost");
                continue;
            }
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var content = await answer.Content.ReadAsByteArrayAsync();
            Assert.True(artifact.Content().AsSpan().SequenceEqual(content), $"{artifact.Path} has other bytes");
        }
    }

    private async Task WriteAsync(HttpClient http)
    {
        for (var write = 0; write < MaxWrites; write++)
        {
            var artifact = new Artifact(Interlocked.Increment(ref _next));
            _acknowledged[artifact.Seed] = false;
            try
            {
                using var content = new ByteArrayContent(artifact.Content());
                using var answer = await http.PutAsync(artifact.Path, content);
                if (!answer.IsSuccessStatusCode)
                {
                    return;
                }
                _acknowledged[artifact.Seed] = true;
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }
}
