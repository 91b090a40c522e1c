using Fabrik.Cache;
using Xunit;

namespace Fabrik.ProtocolTests.FabrikProtocol;

/// <summary>Who may do what, and whose artifacts are whose.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private FabrikHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await FabrikHost.StartAsync();
        _host.Authenticator.Open = false;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("bad")]
    public async Task Stranger_WhateverIsAsked_IsDenied(string? token)
    {
        var tier = _host.Connect(token);
        var id = Artifacts.Id("a");

        Check((await tier.GetAsync(id, CancellationToken.None)).Error);
        Check((await tier.StatAsync(id, CancellationToken.None)).Error);
        Check((await tier.ContainsAsync(new[] { id }, new bool[1], CancellationToken.None)).Error);
        Check((await tier.PutAsync(id, Artifacts.Bytes(300_000))).Error);
        Check((await tier.DeleteAsync(id, CancellationToken.None)).Error);
        Check((await tier.ProbeAsync(CancellationToken.None)).Value.Refusal);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task ReadOnlyToken_ReadsAndNoMore()
    {
        var id = Artifacts.Id("a");
        await _host.Connect("rw").PutAsync(id, [1]);
        var tier = _host.Connect("ro");

        Assert.Equal([1], await tier.ReadAllAsync(id));
        Check((await tier.PutAsync(Artifacts.Id("b"), Artifacts.Bytes(300_000))).Error);
        Check((await tier.DeleteAsync(id, CancellationToken.None)).Error);
        Assert.Equal(1, _host.Tier.Count);
    }

    [Fact]
    public async Task WriteOnlyToken_WritesAndNoMore()
    {
        var id = Artifacts.Id("a");
        var tier = _host.Connect("wo");

        Assert.Equal(PutOutcome.Stored, (await tier.PutAsync(id, [1])).Value);
        Check((await tier.GetAsync(id, CancellationToken.None)).Error);
        Check((await tier.StatAsync(id, CancellationToken.None)).Error);
    }

    [Fact]
    public async Task WriterWithoutDeletion_DeletesNothing() =>
        Check((await _host.Connect("rw").DeleteAsync(Artifacts.Id("a"), CancellationToken.None)).Error);

    [Fact]
    public async Task Tenants_WithOneId_NeverMeet()
    {
        var id = Artifacts.Id("a");
        var (one, two) = (_host.Connect("tenant:one"), _host.Connect("tenant:two"));
        await one.PutAsync(id, [1]);

        Assert.True(await two.IsMissAsync(id));
        Assert.Null((await two.StatAsync(id, CancellationToken.None)).Value);
        var found = new bool[1];
        await two.ContainsAsync(new[] { id }, found, CancellationToken.None);
        Assert.False(found[0]);

        await two.PutAsync(id, [2]);
        Assert.Equal([1], await one.ReadAllAsync(id));
        Assert.Equal([2], await two.ReadAllAsync(id));
        Assert.NotNull(_host.Tier.Find(FabrikHost.Kept(id, tenant: "one")));
    }

    [Fact]
    public async Task Scopes_AreReadInTheirOrder_AndOneIsWritten()
    {
        var (a, b, c) = (Artifacts.Id("a"), Artifacts.Id("b"), Artifacts.Id("c"));
        var (main, branch) = (_host.Connect("scope:main"), _host.Connect("scope:branch,main"));
        await main.PutAsync(a, [1]);
        await main.PutAsync(b, [1]);
        await branch.PutAsync(b, [2]);
        await branch.PutAsync(c, [2]);

        Assert.Equal([1], await branch.ReadAllAsync(a));
        Assert.Equal([2], await branch.ReadAllAsync(b));
        Assert.Equal([1], await main.ReadAllAsync(b));
        Assert.True(await main.IsMissAsync(c));
        var found = new bool[4];
        await branch.ContainsAsync(new[] { a, Artifacts.Id("d"), b, c }, found, CancellationToken.None);
        Assert.Equal([true, false, true, true], found);
        await main.ContainsAsync(new[] { a, Artifacts.Id("d"), b, c }, found, CancellationToken.None);
        Assert.Equal([true, false, true, false], found);
    }

    private static void Check(CacheError? error)
    {
        Assert.NotNull(error);
        Assert.Equal(CacheErrorKind.Denied, error.Kind);
        Assert.Equal(CacheErrorSource.Upstream, error.Source);
    }
}
