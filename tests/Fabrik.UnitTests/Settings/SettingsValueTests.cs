using Fabrik.Cache.Eviction;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using Xunit;

namespace Fabrik.UnitTests.Settings;

public sealed class SettingsValueTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Load_NothingSet_GivesTheDefaults()
    {
        EffectiveSettings settings = _fixture.Load();
        Assert.Null(settings.FilePath);
        Assert.Equal("", settings.FileDigest);
        Assert.Equal(_fixture.Folder.At("home", ".cache", "fabrik", "default"), settings.Get(CacheSettings.Directory));
        Assert.Equal(EvictionPolicyKind.Lfu, settings.Get(CacheSettings.Eviction));
        Assert.Null(settings.Get(CacheSettings.DefaultTtl));
        Assert.Equal(TimeSpan.FromHours(3), settings.Get(CacheSettings.Lease));
        Assert.Equal(8080, settings.Get(BuildToolsSettings.Port));
        Assert.Equal(0, settings.Get(DaemonSettings.HttpPort));
        Assert.Equal("*:8888", settings.Get(ObservabilitySettings.HealthBind).ToString());
        Assert.Equal(9091, settings.Get(ObservabilitySettings.ApiBind).Port);
        Assert.All(BuildToolsSettings.Adapters, adapter => Assert.Null(settings.Get(adapter.Port)));
        Assert.All(settings.Settings, setting => Assert.False(settings.IsSet(setting)));
    }

    [Fact]
    public void Load_XdgCacheHome_IsFollowedWhenAbsolute()
    {
        _fixture.With("XDG_CACHE_HOME", "/x");
        Assert.Equal("/x/fabrik/default", _fixture.Load().Get(CacheSettings.Directory));
        _fixture.With("XDG_CACHE_HOME", "relative");
        Assert.Equal(
            _fixture.Folder.At("home", ".cache", "fabrik", "default"), _fixture.Load().Get(CacheSettings.Directory));
    }

    [Fact]
    public void Load_TwoFiles_HaveStoresOfTheirOwn()
    {
        _fixture.Folder.Write("a.toml", "");
        _fixture.Folder.Write("b.toml", "");
        string a = Directory("a.toml");
        Assert.NotEqual(a, Directory("b.toml"), StringComparer.Ordinal);
        _fixture.Folder.Write("a.toml", "[cache]\nmax_size = \"2GB\"");
        Assert.Equal(a, Directory("a.toml"));

        string Directory(string file) =>
            SettingsLoader.Load(_fixture.Sources(_fixture.Folder.At(file))).Settings!.Get(CacheSettings.Directory);
    }

    [Theory]
    [InlineData("cache/x", "/sub/cache/x")]
    [InlineData("../x", "/x")]
    [InlineData("~/x", "/home/x")]
    [InlineData("~other", "/sub/~other")]
    public void Load_PathInAFile_StartsFromTheFilesFolder(string path, string expected)
    {
        string file = _fixture.Folder.Write("sub/my.toml", $"cache.dir = \"{path}\"");
        SettingsOutcome outcome = SettingsLoader.Load(_fixture.Sources(file));
        Assert.Equal(_fixture.Folder.Root + expected, outcome.Settings!.Get(CacheSettings.Directory));
    }

    [Fact]
    public void Load_PathInAVariable_StartsFromTheWorkingFolder()
    {
        _fixture.With("FABRIK_CONFIG_CACHE_DIR", "x");
        Assert.Equal(_fixture.Folder.At("x"), _fixture.Load().Get(CacheSettings.Directory));
    }

    [Theory]
    [InlineData("cache.max_size", "0")]
    [InlineData("cache.max_size", "2PiB")]
    [InlineData("cache.lease", "8d")]
    [InlineData("cache.lease", "soon")]
    [InlineData("cache.compression_level", "20")]
    [InlineData("cache.compression_level", "three")]
    [InlineData("cache.durability", "Sync")]
    [InlineData("auth.required", "1")]
    [InlineData("auth.jwks_url", "ftp://x")]
    [InlineData("auth.jwks_url", "x")]
    [InlineData("auth.public_key", "-----BEGIN PUBLIC KEY-----")]
    [InlineData("build_tools.port", "65536")]
    [InlineData("build_tools.gradle.port", "never")]
    [InlineData("build_tools.bind", "127.0.0.1:80")]
    [InlineData("build_tools.enabled", "gradle,nix")]
    [InlineData("daemon.idle_timeout", "10")]
    [InlineData("observability.api_bind", "9091")]
    [InlineData("observability.log_level", "verbose")]
    [InlineData("runtime.max_concurrent_requests", "0")]
    public void Load_BadValue_NamesKeyOriginAndWhatWasExpected(string key, string value)
    {
        string flag = "--config-" + key.Replace('.', '-').Replace('_', '-');
        string error = Assert.Single(_fixture.Errors($"{flag}={value}"));
        Assert.StartsWith($"{flag}: {key}: expected ", error);
        Assert.Contains("found \"", error);
    }

    [Fact]
    public void Load_PrivateKeyAsPublicKey_IsRefusedWithoutShowingIt()
    {
        _fixture.Folder.Write("fabrik.toml", """
            auth.public_key = '''
            -----BEGIN PRIVATE KEY-----
            c2VjcmV0
            -----END PRIVATE KEY-----'''
            """);
        Assert.EndsWith("found \"a private key\"", Assert.Single(_fixture.Errors()));
    }

    [Fact]
    public void Load_PublicKeyInline_IsTaken()
    {
        const string Pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
        _fixture.Folder.Write("fabrik.toml", $"auth.public_key = '''\n{Pem}'''\nauth.required = true");
        Assert.Equal(Pem, _fixture.Load().Get(AuthSettings.PublicKey));
    }

    [Theory]
    [InlineData("${SIZE}", 20)]
    [InlineData("${NONE:-30GB}", 30)]
    [InlineData("${EMPTY:-40GB}", 40)]
    [InlineData("1${ZERO}GB", 10)]
    public void Load_VariableInAString_IsExpanded(string text, int gigabytes)
    {
        _fixture.With("SIZE", "20GB").With("EMPTY", "").With("ZERO", "0");
        _fixture.Folder.Write("fabrik.toml", $"cache.max_size = \"{text}\"");
        Assert.Equal(ByteSize.GB(gigabytes), _fixture.Load().Get(CacheSettings.MaxSize));
    }

    [Theory]
    [InlineData("a$$b", "a$b")]
    [InlineData("$x $", "$x $")]
    [InlineData("$${X}", "${X}")]
    [InlineData("${X}", "${Y}")]
    [InlineData("${E}!", "!")]
    public void Load_DollarsInAString_AreReadAsDocumented(string text, string expected)
    {
        _fixture.With("X", "${Y}").With("E", "");
        _fixture.Folder.Write("fabrik.toml", $"auth.issuer = \"{text}\"");
        Assert.Equal(expected, _fixture.Load().Get(AuthSettings.Issuer));
    }

    [Fact]
    public void Load_VariableForANumberAndASwitch_TakesTheTypeOfTheSetting()
    {
        _fixture.With("PORT", "81").With("ON", "true");
        _fixture.Folder.Write("fabrik.toml", "build_tools.port = \"${PORT}\"\nobservability.health_enabled = \"${ON}\"");
        Assert.Equal(81, _fixture.Load().Get(BuildToolsSettings.Port));
    }

    [Theory]
    [InlineData("${NOT_SET}", "expected the environment variable NOT_SET to be set, or a default as in \"${NOT_SET:-…}\"")]
    [InlineData("${NOT_SET", "expected \"}\" after \"${\", found none")]
    [InlineData("${}", "expected a variable's name in \"${}\", found none")]
    public void Load_VariableThatIsWrong_SaysWhich(string text, string problem)
    {
        _fixture.Folder.Write("fabrik.toml", $"[auth]\nissuer = \"{text}\"");
        Assert.Equal($"fabrik.toml:2:10: auth.issuer: {problem}", Assert.Single(_fixture.Errors()));
    }

    [Theory]
    [InlineData("auth.required = true", "auth.required: expected one of auth.public_key, ")]
    [InlineData("observability.api_auth_required = true", "observability.api_auth_required: expected one of ")]
    [InlineData("cache.encryption_key_file = \"k\"\ncache.encryption_key_env = \"K\"", "cache.encryption_key_env: expected only")]
    [InlineData("build_tools.bazel.tls_cert_file = \"c\"", "build_tools.bazel.tls_cert_file: expected both")]
    [InlineData("build_tools.s3.tls_key_file = \"k\"", "build_tools.s3.tls_cert_file: expected both")]
    [InlineData("s3_proxy.tls_cert_file = \"c\"", "s3_proxy.tls_cert_file: expected both")]
    [InlineData("cache.eviction_policy = \"ttl\"", "cache.eviction_policy: \"ttl\" expects cache.default_ttl")]
    [InlineData("cache.max_size = \"1GB\"\ncache.max_artifact_size = \"2GB\"", "cache.max_artifact_size: expected at most")]
    public void Load_SettingsThatDoNotGoTogether_AreRefused(string toml, string problem)
    {
        _fixture.Folder.Write("fabrik.toml", toml);
        Assert.Contains(problem, Assert.Single(_fixture.Errors()));
    }

    [Theory]
    [InlineData("daemon.socket = 1", "daemon.socket: this key is not supported by this version")]
    [InlineData("build_tools.sccache.port = 1", "build_tools.sccache: this section is not supported by this version")]
    [InlineData("[p2p]", "p2p: this section is not supported by this version")]
    [InlineData("recipes.a = 1", "recipes: this section is not supported by this version")]
    public void Load_WhatALaterVersionKnows_IsRefusedByThatWord(string toml, string problem)
    {
        _fixture.Folder.Write("fabrik.toml", toml);
        Assert.EndsWith(problem, Assert.Single(_fixture.Errors()));
    }
}
