using Fabrik.Server.Auth;
using Fabrik.Server.Auth.Keys;
using Fabrik.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Keys;

/// <summary>Keys that come and go in files while requests run.</summary>
public sealed class KeyRotationTests : IAsyncDisposable
{
    private readonly AuthFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Directory_NewKeyAddedThenOldOneRemoved_NoTokenIsRefusedMeanwhile()
    {
        _fixture.Folder.Write("keys/old.pem", TestKeys.Pem(TestKeys.Rsa));
        await using var ring = await StartAsync(
            new KeyDirectorySource("auth.public_key_dir", _fixture.Folder.At("keys")));
        AuthMetrics metrics = new(_fixture.Clock);
        var verifier = new Fabrik.Server.Auth.Tokens.TokenVerifier(ring, new AuthOptions(), _fixture.Clock, metrics);
        var old = Bytes(Forge.Rs256(Forge.Claims(), "old"));
        var fresh = Bytes(Forge.Rs256(Forge.Claims(), "new", TestKeys.OtherRsa));

        Expect.LetIn(verifier.Verify(old));
        Expect.Refused(AuthFailure.UnknownKey, verifier.Verify(fresh));

        _fixture.Folder.Write("keys/new.pem", TestKeys.Pem(TestKeys.OtherRsa));
        await PassAsync(ring);
        Expect.LetIn(verifier.Verify(old));
        Expect.LetIn(verifier.Verify(fresh));

        File.Delete(_fixture.Folder.At("keys", "old.pem"));
        await PassAsync(ring);
        Expect.Refused(AuthFailure.UnknownKey, verifier.Verify(old));
        Expect.LetIn(verifier.Verify(fresh));
        metrics.Dispose();
    }

    [Fact]
    public async Task Rotation_UnderLoad_LosesNoRequest()
    {
        _fixture.Folder.Write("keys/a.pem", TestKeys.Pem(TestKeys.Ec));
        var authentication = await _fixture.CreateAsync(
            new AuthOptions { PublicKeyDirectory = _fixture.Folder.At("keys") });
        var request = AuthFixture.Bearer(Forge.Es256(Forge.Claims(), "a"));
        using CancellationTokenSource done = new();
        var load = Task.Run(() =>
        {
            var count = 0;
            while (!done.IsCancellationRequested || count < 100)
            {
                Expect.LetIn(authentication.Authenticate(request));
                count++;
            }

            return count;
        });
        for (var i = 0; i < 20; i++)
        {
            var name = _fixture.Folder.At("keys", $"b{i % 2}.pem");
            File.WriteAllText(name + ".new", TestKeys.Pem(i % 3 == 0 ? TestKeys.Rsa : TestKeys.OtherRsa));
            File.Move(name + ".new", name, overwrite: true);
            authentication.Reload();
            await Wait.UntilAsync(() => authentication.KeyCount >= Math.Min(i + 2, 3));
        }

        await done.CancelAsync();
        Assert.True(await load >= 100, "the load ran");
    }

    [Fact]
    public async Task Directory_LinkSwappedToAnotherFolder_GivesOldKeysOrNewOnesButNeverNone()
    {
        // As a Kubernetes secret is updated: keys/a.pem is a link through keys/..data, which is swapped first.
        _fixture.Folder.Write("keys/..v1/a.pem", TestKeys.Pem(TestKeys.Rsa));
        _fixture.Folder.Write("keys/..v2/b.pem", TestKeys.Pem(TestKeys.Ec));
        Link("keys/..data", "..v1");
        Link("keys/a.pem", "..data/a.pem");
        await using var ring = await StartAsync(
            new KeyDirectorySource("auth.public_key_dir", _fixture.Folder.At("keys")));
        Assert.Equal("a", Assert.Single(ring.Current.Keys).Kid);

        File.Delete(_fixture.Folder.At("keys/..data"));
        Link("keys/..data", "..v2");
        Link("keys/b.pem", "..data/b.pem");
        await PassAsync(ring);
        Assert.Equal("a", Assert.Single(ring.Current.Keys).Kid);

        File.Delete(_fixture.Folder.At("keys/a.pem"));
        await PassAsync(ring);
        Assert.Equal("b", Assert.Single(ring.Current.Keys).Kid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMII")]
    [InlineData(null)]
    public async Task File_DamagedOrGone_KeepsTheOldKeysAndSaysSoOnce(string? text)
    {
        var path = _fixture.Folder.Write("key.pem", TestKeys.Pem(TestKeys.Rsa));
        await using var ring = await StartAsync(KeyFileSource.Pem("auth.public_key_file", path, null));
        if (text is null)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, text);
        }

        await PassAsync(ring);
        await PassAsync(ring);
        Assert.Single(ring.Current.Keys);
        var warning = Assert.Single(_fixture.Logs.Lines, line => line.Level == LogLevel.Warning);
        Assert.Contains($"auth.public_key_file: {path}", warning.Text);
        Assert.Contains("1 keys from before stay", warning.Text);

        File.WriteAllText(path, TestKeys.Pem(TestKeys.Ec));
        await PassAsync(ring);
        Assert.Equal(TokenAlgorithm.ES256, Assert.Single(ring.Current.Keys).Algorithm);
        Assert.Contains(_fixture.Logs.Lines, line => line.Text.Contains("Keys are refreshed again"));
    }

    [Fact]
    public async Task Directory_OneFileIsHalfWritten_KeepsAllOldKeys()
    {
        _fixture.Folder.Write("keys/a.pem", TestKeys.Pem(TestKeys.Rsa));
        await using var ring = await StartAsync(
            new KeyDirectorySource("auth.public_key_dir", _fixture.Folder.At("keys")));
        _fixture.Folder.Write("keys/b.pem", TestKeys.Pem(TestKeys.Ec)[..60]);
        await PassAsync(ring);
        Assert.Equal("a", Assert.Single(ring.Current.Keys).Kid);
    }

    [Fact]
    public async Task Key_ThatStays_KeepsItsSnapshotAndVerdicts()
    {
        var path = _fixture.Folder.Write("key.pem", TestKeys.Pem(TestKeys.Rsa));
        await using var ring = await StartAsync(KeyFileSource.Pem("auth.public_key_file", path, null));
        var before = ring.Current;
        await PassAsync(ring);
        Assert.Same(before, ring.Current);
    }

    [Fact]
    public async Task Key_TakenAway_TakesBackWhatItVouchedFor()
    {
        var path = _fixture.Folder.Write("key.pem", TestKeys.Pem(TestKeys.Rsa));
        var authentication = await _fixture.CreateAsync(new AuthOptions { PublicKeyFile = path });
        var request = AuthFixture.Bearer(Forge.Rs256(Forge.Claims()));
        Expect.LetIn(authentication.Authenticate(request));
        File.WriteAllText(path, TestKeys.Pem(TestKeys.OtherRsa));
        authentication.Reload();
        await Wait.UntilAsync(() => authentication.Authenticate(request).Principal is null);
        Expect.Refused(AuthFailure.BadSignature, authentication.Authenticate(request));
    }

    [Fact]
    public async Task Kid_UnknownOne_CausesOneEarlyReadingAndNoMore()
    {
        CountingSource source = new();
        await using var ring = await StartAsync(source);
        Assert.Equal(1, source.Readings);

        // Right after the start everything is fresh.
        ring.RefreshEarly();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1, source.Readings);

        for (var i = 0; i < 100; i++)
        {
            ring.RefreshEarly();
        }

        await Wait.UntilAsync(() => source.Readings >= 2);
        Assert.Equal(2, source.Readings);
    }

    [Fact]
    public async Task Reconfigure_BadOptions_KeepsTheOldOnes()
    {
        var authentication = await _fixture.CreateAsync(AuthFixture.Options);
        var request = AuthFixture.Bearer(Forge.Rs256(Forge.Claims()));
        var errors = await authentication.ReconfigureAsync(
            new AuthOptions { PublicKey = "no key" }, TestContext.Current.CancellationToken);
        Assert.Contains("auth.public_key: found no key", Assert.Single(errors));
        Expect.LetIn(authentication.Authenticate(request));

        errors = await authentication.ReconfigureAsync(
            new AuthOptions { PublicKey = TestKeys.Pem(TestKeys.Ec) }, TestContext.Current.CancellationToken);
        Assert.Empty(errors);
        Expect.Refused(AuthFailure.UnknownKey, authentication.Authenticate(request));
        Expect.LetIn(authentication.Authenticate(AuthFixture.Bearer(Forge.Es256(Forge.Claims()))));
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(_fixture.Folder.At(name), target);

    private static byte[] Bytes(string token) => System.Text.Encoding.ASCII.GetBytes(token);

    private async Task<KeyRing> StartAsync(IKeySource source)
    {
        var (ring, errors) = await KeyRing.StartAsync(
            [source], new AuthOptions(), _fixture.Clock, _fixture.Logs, TestContext.Current.CancellationToken);
        Assert.Empty(errors);
        return ring!;
    }

    // Files are looked at every five seconds.
    private async Task PassAsync(KeyRing ring)
    {
        var pass = ring.NextPass;
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        await pass.WaitAsync(TestContext.Current.CancellationToken);
    }

    private sealed class CountingSource : IKeySource
    {
        private int _readings;

        public int Readings => Volatile.Read(ref _readings);

        public string Name => "counting";

        public bool IsRemote => true;

        public ValueTask<KeyReading> ReadAsync(CancellationToken ct)
        {
            Interlocked.Increment(ref _readings);
            return new(PemKeys.Read(TestKeys.Pem(TestKeys.Ec), "k"));
        }
    }
}
