using System.Security.Cryptography;
using System.Text;
using Fabrik.Activation;
using Fabrik.Settings;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Activation;

public sealed class DaemonIdTests
{
    private const string Config = "[cache]\nmax_size = \"5GB\"\n";

    [Theory]
    [InlineData(Config)]
    [InlineData("")]
    [InlineData("# only a comment\r\n")]
    public void Id_OfAFileAlone_IsTheBeginningOfItsDigest(string config)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(config)));
        Assert.Equal(digest[..16], IdOf(config));
        Assert.True(DaemonId.IsId(IdOf(config)));
    }

    [Fact]
    public void Id_OfTheSameFileElsewhere_IsTheSame() => Assert.Equal(IdOf(Config), IdOf(Config));

    [Fact]
    public void Id_OfAFileThatChanges_Changes() => AssertDiffer(IdOf(Config), IdOf(Config + " "));

    [Fact]
    public void Id_WithFlags_DependsOnTheirValues()
    {
        string id = IdOf(Config, "--config-cache-max-size=6GB");
        AssertDiffer(IdOf(Config), id);
        AssertDiffer(IdOf(Config, "--config-cache-max-size=7GB"), id);
        Assert.Equal(IdOf(Config, "--config-cache-max-size=6GB"), id);
        Assert.True(DaemonId.IsId(id));
    }

    [Fact]
    public void Id_WithAFlagOfTheLog_IsThatOfTheFile() =>
        Assert.Equal(IdOf(Config), IdOf(Config, "--config-observability-log-level=debug"));

    [Fact]
    public void Id_WithoutAFile_IsStable()
    {
        using SettingsFixture one = new();
        using SettingsFixture other = new();
        string id = DaemonId.Of(one.Load());
        Assert.True(DaemonId.IsId(id));
        Assert.Equal(id, DaemonId.Of(other.Load()));
    }

    [Theory]
    [InlineData("0123456789abcdef", true)]
    [InlineData("0123456789ABCDEF", false)]
    [InlineData("0123456789abcde", false)]
    [InlineData("0123456789abcdef0", false)]
    [InlineData("../../../../etc/", false)]
    [InlineData("", false)]
    public void IsId_OfText_IsItsForm(string text, bool expected) => Assert.Equal(expected, DaemonId.IsId(text));

    private static void AssertDiffer(string one, string other) =>
        Assert.NotEqual(one, other, StringComparer.Ordinal);

    private static string IdOf(string config, params string[] arguments)
    {
        using SettingsFixture fixture = new();
        string path = fixture.Folder.Write("fabrik.toml", config);
        SettingsOutcome outcome = SettingsLoader.Load(fixture.Sources(path, arguments));
        Assert.Empty(outcome.Errors);
        return DaemonId.Of(outcome.Settings!);
    }
}
