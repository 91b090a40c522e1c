using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Fabrik.Testing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>
/// Random commands against a store and against a dictionary. A failure prints FsCheck's seed and the shortest list of
/// commands that fails.
/// </summary>
public sealed class StoreModelTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(10).WithEndSize(60);

    private const long Roomy = 100_000_000;

    [Fact]
    public void Store_WithRoom_IsADictionary() => Check(EvictionPolicyKind.Lfu, Roomy);

    [Theory]
    [InlineData(EvictionPolicyKind.Lru)]
    [InlineData(EvictionPolicyKind.Lfu)]
    [InlineData(EvictionPolicyKind.Ttl)]
    public void Store_ThatEvicts_IsAPartOfADictionary(EvictionPolicyKind policy) => Check(policy, maxSize: 100_000);

    private static void Check(EvictionPolicyKind policy, long maxSize) => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNegativeInt[]>(),
        commands => RunAsync(commands, policy, maxSize).GetAwaiter().GetResult()).Check(Runs);

    private static async Task RunAsync(NonNegativeInt[] commands, EvictionPolicyKind policy, long maxSize)
    {
        await using var run = await ModelRun.StartAsync(policy, maxSize);
        var random = new Random(commands.Length);
        foreach (var command in commands)
        {
            await run.StepAsync(command.Get + (random.Next(1000) * ModelRun.Commands));
        }

        await run.CheckAllAsync();
    }

    private sealed class ModelRun(StoreFixture fixture, TestClock clock, long maxSize) : IAsyncDisposable
    {
        public const int Commands = 12;

        private const int Keys = 8;
        private static readonly int[] Sizes = [0, 1, 1000, 5000, 20_000, 40_000];
        private static readonly TimeSpan Ttl = TimeSpan.FromMinutes(10);

        private readonly Dictionary<string, (byte[] Content, DateTimeOffset? ExpiresAt)> _model =
            new(StringComparer.Ordinal);

        /// <summary>Small limits, so that contents of the few sizes have every form.</summary>
        public static async Task<ModelRun> StartAsync(EvictionPolicyKind policy, long maxSize)
        {
            var clock = new TestClock();
            var fixture = await StoreFixture.OpenAsync(
                options => options with { EvictionPolicy = policy, MaxSize = maxSize, InlineLimit = 6000 }, clock);
            return new ModelRun(fixture, clock, maxSize);
        }

        public async Task StepAsync(int number)
        {
            var (command, rest) = (number % Commands, number / Commands);
            var key = $"k{rest % Keys}";
            var content = Content(rest / Keys);
            switch (command)
            {
                case 0 or 1 or 2:
                    await PutAsync(key, content, overwrite: false, ttl: null);
                    break;
                case 3:
                    await PutAsync(key, content, overwrite: true, ttl: null);
                    break;
                case 4:
                    await PutAsync(key, content, overwrite: true, Ttl);
                    break;
                case 5 or 6 or 7:
                    await GetAsync(key);
                    break;
                case 8:
                    await DeleteAsync(key);
                    break;
                case 9:
                    clock.Advance(TimeSpan.FromMinutes(rest % 7));
                    await fixture.Store.Upkeep.TickAsync(rest % 13);
                    break;
                case 10:
                    await fixture.ReopenAsync();
                    break;
                default:
                    await fixture.Store.EvictAsync(fixture.Store.Statistics.StoredBytes / 2, default);
                    await AdoptAsync();
                    break;
            }

            await CheckLimitsAsync();
        }

        public async Task CheckAllAsync()
        {
            foreach (var key in _model.Keys.ToArray())
            {
                await GetAsync(key);
            }

            var report = await fixture.Store.VerifyAsync(null, default);
            Assert.Equal(0, report.Damaged);
            await fixture.Store.Upkeep.TickAsync(1);
            var statistics = fixture.Store.Statistics;
            Assert.Equal((long)fixture.BlobFiles().Length, await CountFilesAsync());
            Assert.Equal(statistics.Entries, (await ListAsync()).Count);
            Assert.Equal(0, statistics.LeaseViolations);
            await fixture.Store.ClearAsync(default);
            Assert.Equal((0, 0, 0), (fixture.Store.Statistics.Entries, fixture.Store.Statistics.Blobs,
                fixture.Store.Statistics.StoredBytes));
            Assert.Empty(fixture.BlobFiles());
        }

        public ValueTask DisposeAsync() => fixture.DisposeAsync();

        /// <summary>Of few different contents, half of which compress.</summary>
        private static byte[] Content(int number)
        {
            var size = Sizes[number % Sizes.Length];
            var seed = number / Sizes.Length % 2;
            return seed % 2 == 0 ? StoreFixture.Content(seed, size) : [.. Enumerable.Repeat((byte)seed, size)];
        }

        private async Task PutAsync(string key, byte[] content, bool overwrite, TimeSpan? ttl)
        {
            var options = StoreFixture.PutOptionsFor(key) with { Overwrite = overwrite, TimeToLive = ttl };
            var put = (await fixture.PutAsync(key, content, options)).Value;
            DateTimeOffset? expiresAt = ttl is null ? null : clock.GetUtcNow() + ttl.Value;
            var before = Find(key);
            if (before is null || !before.Value.Content.AsSpan().SequenceEqual(content))
            {
                Assert.Equal(before is null || overwrite ? PutOutcome.Stored : PutOutcome.Kept, put);
                _model[key] = put == PutOutcome.Stored ? (content, expiresAt) : before!.Value;
            }
            else if (before.Value.ExpiresAt is not null)
            {
                var isLater = expiresAt is null || expiresAt > before.Value.ExpiresAt;
                _model[key] = (content, isLater ? expiresAt : before.Value.ExpiresAt);
            }

            if (maxSize < Roomy)
            {
                await AdoptAsync();
            }
        }

        private async Task GetAsync(string key)
        {
            var found = await fixture.GetAsync(key);
            Assert.Equal(Find(key)?.Content, found);
        }

        private async Task DeleteAsync(string key)
        {
            var existed = Find(key) is not null;
            Assert.Equal(existed, (await fixture.Store.DeleteAsync(StoreFixture.Id(key), default)).Value);
            _model.Remove(key);
        }

        private (byte[] Content, DateTimeOffset? ExpiresAt)? Find(string key) =>
            _model.TryGetValue(key, out var entry) && !(entry.ExpiresAt <= clock.GetUtcNow()) ? entry : null;

        /// <summary>Forgets what the store evicted: it may, when it is small or was told to.</summary>
        private async Task AdoptAsync()
        {
            var listed = await ListAsync();
            foreach (var key in _model.Keys.ToArray())
            {
                if (Find(key) is not null && !listed.ContainsKey(StoreFixture.Id(key)))
                {
                    Assert.True(fixture.Store.Statistics.Evictions > 0, $"{key} is gone");
                    _model.Remove(key);
                }
            }
        }

        private async Task CheckLimitsAsync()
        {
            var listed = await ListAsync();
            Assert.Equal(
                _model.Keys.Where(key => Find(key) is not null).Select(StoreFixture.Id).Order(), listed.Keys.Order());
            Assert.All(listed.Values, info => Assert.Equal(
                SHA256.HashData(Find(info.Metadata.Key)!.Value.Content), info.Digest.Bytes.ToArray()));
            Assert.True(fixture.Store.Statistics.StoredBytes <= maxSize);
        }

        private async Task<long> CountFilesAsync() =>
            (await ListAsync()).Values.Where(info => info.Size > 6000).Select(info => info.Digest).Distinct().Count();

        private async Task<Dictionary<ArtifactId, ArtifactInfo>> ListAsync()
        {
            var listed = new Dictionary<ArtifactId, ArtifactInfo>();
            await foreach (var info in fixture.Store.ListAsync(null, default))
            {
                listed.Add(info.Id, info);
            }

            return listed;
        }
    }
}
