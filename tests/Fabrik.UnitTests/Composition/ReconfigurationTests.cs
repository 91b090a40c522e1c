using Fabrik.Composition;
using Fabrik.Settings;
using Fabrik.Settings.Reload;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using Fabrik.UnitTests.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Composition;

public sealed class ReconfigurationTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();
    private readonly List<string> _steps = [];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Take_WhatAPartRefuses_ChangesNoPart()
    {
        EffectiveSettings started = Load("1GB");
        using Reconfiguration changes = new(
            started, [Part("one"), Part("two", refuses: "2GB")], NullLogger.Instance);
        ReloadOutcome refused = await changes.TakeAsync(Reload(started, Load("2GB")), Ended);
        Assert.Equal(["two refuses"], refused.Problems, StringComparer.Ordinal);
        Assert.Equal((1, 1), (refused.Generation, changes.Generation));
        Assert.Equal(["check one", "check two"], _steps, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Take_AfterARefusal_ComparesWithWhatHolds()
    {
        EffectiveSettings started = Load("1GB");
        EffectiveSettings refused = Load("2GB");
        using Reconfiguration changes = new(started, [Part("one", refuses: "2GB")], NullLogger.Instance);
        await changes.TakeAsync(Reload(started, refused), Ended);
        _steps.Clear();

        // The same again, as somebody does who put the missing key file in its place.
        Assert.Single((await changes.TakeAsync(Reload(refused, refused), Ended)).Problems);
        ReloadOutcome back = await changes.TakeAsync(Reload(refused, started), Ended);
        Assert.Empty(back.Changed);
        Assert.Equal(1, back.Generation);
        ReloadOutcome taken = await changes.TakeAsync(Reload(started, Load("3GB")), Ended);
        Assert.Equal(["cache.max_size"], taken.Changed, StringComparer.Ordinal);
        Assert.Equal(2, taken.Generation);
        Assert.Equal(["check one", "check one", "take one"], _steps, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Take_WhatCouldNotBeLoaded_AsksNobody()
    {
        EffectiveSettings started = Load("1GB");
        using Reconfiguration changes = new(started, [Part("one")], NullLogger.Instance);
        SettingError error = new(Origin.Default, "cache.max_size", "is wrong");
        ReloadOutcome outcome = await changes.TakeAsync(Reload(started, started) with { Errors = [error] }, Ended);
        Assert.Contains("cache.max_size: is wrong", Assert.Single(outcome.Problems), StringComparison.Ordinal);
        Assert.Empty(_steps);
    }

    private static SettingsReload Reload(EffectiveSettings old, EffectiveSettings now) =>
        new() { Old = old, New = now, Changes = SettingChange.Between(old, now) };

    private EffectiveSettings Load(string size) => _fixture.Load($"--config-cache-max-size={size}");

    private ReloadedPart Part(string name, string refuses = "")
    {
        SettingsStep Step(string word) => (settings, _) =>
        {
            _steps.Add($"{word} {name}");
            bool isRefused = ByteSize.TryParse(refuses, out ByteSize no) && settings.Get(CacheSettings.MaxSize) == no;
            return ValueTask.FromResult<IReadOnlyList<string>>(isRefused ? [$"{name} refuses"] : []);
        };
        return new ReloadedPart(Step("check"), Step("take"));
    }
}
