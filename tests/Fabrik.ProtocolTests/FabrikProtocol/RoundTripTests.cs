using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.FabrikProtocol;

/// <summary>What goes up through the client comes down again, over every kind of store.</summary>
public sealed class RoundTripTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"fabrik-protocol-{Guid.NewGuid():n}");

    public static MatrixTheoryData<int, ArtifactForm> Sizes => new(
        [0, 1, 65_535, 65_536, 65_537, 124 * 1024, (124 * 1024) + 1, 5 * 1024 * 1024], Enum.GetValues<ArtifactForm>());

    public static TheoryData<int> PlainSizes => [0, 1, 65_535, 65_536, 65_537, 5 * 1024 * 1024];

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Artifact_ThatWasPut_ComesBack(int size, ArtifactForm form)
    {
        await using var host = await FabrikHost.StartAsync();
        host.Tier.Form = form;
        await CheckAsync(host, size);
    }

    [Theory]
    [MemberData(nameof(PlainSizes))]
    public async Task Artifact_ThatWasPutIntoARealStore_ComesBackTwice(int size)
    {
        await using var host = await FabrikHost.StartAsync(_folder);
        await CheckAsync(host, size);

        // The first read of a file checks it; later ones take another way.
        Assert.Equal(Artifacts.Bytes(size), await host.Connect().ReadAllAsync(Artifacts.Id("a")));
    }

    [Fact]
    public async Task Parts_OfAnArtifact_AreReadFromTheirOffsets()
    {
        await using var host = await FabrikHost.StartAsync();
        host.Tier.Form = ArtifactForm.Copied;
        var tier = host.Connect();
        var bytes = Artifacts.Bytes(1_000_000);
        await tier.PutAsync(Artifacts.Id("a"), bytes);

        await using var artifact = await tier.OpenAsync(Artifacts.Id("a"));

        foreach (var (offset, length) in new[] { (0, 10), (300_000, 400_000), (999_999, 1), (1_000_000, 0) })
        {
            var (result, part) = await artifact.ReadAsync(offset, length);
            Assert.Null(result.Error);
            Assert.Equal(bytes[offset..(offset + length)], part);
        }

        // The open answer is still there, and can be read once; afterwards it is asked for anew.
        Assert.Equal(bytes, (await artifact.ReadAsync(0, bytes.Length)).Bytes);
        Assert.Equal(bytes, (await artifact.ReadAsync(0, bytes.Length)).Bytes);
    }

    [Fact]
    public async Task Chunks_OfEverySize_CarryTheSame()
    {
        await using var host = await FabrikHost.StartAsync();
        var bytes = Artifacts.Bytes(3_000_000);
        foreach (var size in new[] { 16 * 1024, 64 * 1024, 1024 * 1024 })
        {
            var tier = host.Connect(chunkSize: size);
            var id = Artifacts.Id($"{size}");
            Assert.Equal(PutOutcome.Stored, (await tier.PutAsync(id, bytes)).Value);
            Assert.Equal(bytes, await tier.ReadAllAsync(id));
        }
    }

    private static async Task CheckAsync(FabrikHost host, int size)
    {
        var tier = host.Connect();
        var id = Artifacts.Id("a");
        var bytes = Artifacts.Bytes(size);
        Assert.True(await tier.IsMissAsync(id));
        Assert.Null((await tier.StatAsync(id, CancellationToken.None)).Value);

        Assert.Equal(PutOutcome.Stored, (await tier.PutAsync(id, bytes)).Value);
        Assert.Equal(PutOutcome.Identical, (await tier.PutAsync(id, bytes)).Value);

        Assert.Equal(bytes, await tier.ReadAllAsync(id));
        await using (var artifact = await tier.OpenAsync(id))
        {
            CheckInfo(artifact.Info, id, bytes);
        }

        CheckInfo((await tier.StatAsync(id, CancellationToken.None)).Value!, id, bytes);
        var found = new bool[2];
        Assert.Null((await tier.ContainsAsync(new[] { Artifacts.Id("b"), id }, found, CancellationToken.None)).Error);
        Assert.Equal([false, true], found);
    }

    private static void CheckInfo(ArtifactInfo info, ArtifactId id, byte[] bytes)
    {
        Assert.Equal(id, info.Id);
        Assert.Equal(bytes.Length, info.Size);
        Assert.Equal(Artifacts.DigestOf(bytes), info.Digest);
        Assert.Equal(Artifacts.Metadata.Tool, info.Metadata.Tool);
        Assert.Equal(Artifacts.Metadata.Key, info.Metadata.Key);
        Assert.Equal(Artifacts.Metadata.Properties, info.Metadata.Properties);
        Assert.True(info.CreatedAt > DateTimeOffset.UnixEpoch);
        Assert.Null(info.ExpiresAt);
    }
}
