using System.Globalization;
using Fabrik.Cache.Layers.Writing;
using Xunit;
using static Fabrik.UnitTests.Cache.Layers.Writing.QueueFixture;

namespace Fabrik.UnitTests.Cache.Layers.Writing;

/// <summary>Whatever happens to an artifact here, and in which order, it ends upstream as it ended here.</summary>
public sealed class UploadOrderingTests
{
    private const int Keys = 12;
    private const int Changes = 150;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Changes_ByManyWritersAndWorkers_EndUpstreamAsTheyEndedHere(int seed)
    {
        await using var fixture = await OpenAsync(options => options with { Workers = 20 });
        await fixture.OpenWithAsync(
        [
            new(fixture.Upstream, new() { Name = "up", Workers = 20, QueueMaxAge = TimeSpan.FromDays(3650) }),
        ]);
        Random faults = new(seed);
        fixture.Upstream.Before = async (_, _) =>
        {
            await Task.Yield();
            int chance;
            lock (faults)
            {
                chance = faults.Next(10);
            }

            if (chance == 0)
            {
                throw new IOException("now and then");
            }
        };

        await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => Task.Run(() => ChangeAsync(fixture, key, seed))));
        await fixture.EmptiesAsync();

        Assert.False(fixture.Upstream.HasOverlapped);
        for (var key = 0; key < Keys; key++)
        {
            var id = Id(Name(key));
            Assert.Equal(fixture.Local.Find(id)?.Bytes, fixture.Upstream.Inner.Find(id)?.Bytes);
        }
    }

    private static async Task ChangeAsync(QueueFixture fixture, int key, int seed)
    {
        Random random = new((seed * 1000) + key);
        var name = Name(key);
        for (var i = 0; i < Changes; i++)
        {
            if (random.Next(3) == 0)
            {
                await fixture.Local.DeleteAsync(Id(name), default);
                await fixture.Uploads.EnqueueAsync(Order(name, UploadOperation.Delete), default);
            }
            else if (fixture.Local.Find(Id(name)) is null)
            {
                await fixture.WriteAsync(name, seed: random.Next());
            }
            else
            {
                await fixture.WriteAsync(name, seed: random.Next(), operation: UploadOperation.Replace);
            }

            if (random.Next(4) == 0)
            {
                await Task.Yield();
            }
        }
    }

    private static string Name(int key) => key.ToString(CultureInfo.InvariantCulture);
}
