using Fabrik.Settings;
using Fabrik.Settings.Reference;
using Xunit;

namespace Fabrik.UnitTests.Settings;

/// <summary>Nothing that is written for people holds a secret.</summary>
public sealed class SettingsSecretTests : IDisposable
{
    private const string Secret = "hunter2-5678";

    private readonly SettingsFixture _fixture = new() { Schema = TestSchema.Schema };

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Show_Secrets_AreStars()
    {
        _fixture.Folder.Write("fabrik.toml", $"""
            [[upstream]]
            url = "https://user:{Secret}@host/path?token={Secret}"
            secret_key = "{Secret}"
            pin = 5678
            """);
        EffectiveSettings settings = _fixture.Load();
        Assert.Equal(Secret, settings.Items(TestSchema.Upstream)[0].Get(TestSchema.SecretKey));
        foreach (string output in (string[])[SettingsReport.ToText(settings), SettingsReport.ToJson(settings)])
        {
            Assert.DoesNotContain("5678", output);
            Assert.Contains("***", output);
            Assert.Contains("https://host/path?***", output);
        }
    }

    [Theory]
    [InlineData("pin = \"hunter2-5678\"")]
    [InlineData("pin = 56780")]
    [InlineData("secret_key = 5678")]
    [InlineData("timeout = \"${HIDDEN}\"")]
    [InlineData("secret_key = [\"hunter2-5678\"]")]
    [InlineData("secret_key = \"hunter2-5678")]
    [InlineData("secret_key = hunter2-5678")]
    [InlineData("secret_key = \"\"\"hunter2-5678\n5678")]
    [InlineData("secret_key = \"\\q5678\"")]
    public void Errors_AboutASecret_DoNotQuoteIt(string line)
    {
        _fixture.With("HIDDEN", Secret);
        _fixture.Folder.Write("fabrik.toml", $"[[upstream]]\nurl = \"grpc://a\"\n{line}");
        Assert.All(_fixture.Errors(), error => Assert.DoesNotContain("5678", error));
    }

    [Theory]
    [InlineData("fabrik.json", "{\"upstream\": [{\"url\": \"grpc://a\", \"secret_key\": hunter2-5678 }]}")]
    [InlineData("fabrik.json", "{\"upstream\": [{\"url\": \"grpc://a\", \"secret_key\": \"hunter2-5678 }]}")]
    [InlineData("fabrik.yaml", "upstream:\n- url: grpc://a\n  secret_key: \"hunter2-5678\n")]
    [InlineData("fabrik.yaml", "upstream:\n- url: grpc://a\n  secret_key: !x hunter2-5678\n")]
    [InlineData("fabrik.yaml", "upstream:\n- url: grpc://a\n  secret_key: {hunter2-5678\n")]
    public void Errors_OfOtherFormats_DoNotQuoteValues(string name, string text)
    {
        _fixture.Folder.Write(name, text);
        string[] errors = _fixture.Errors();
        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.DoesNotContain("5678", error));
    }

    [Fact]
    public void Load_StandardVariable_StandsInBelowTheFile()
    {
        _fixture.With("AWS_SECRET_ACCESS_KEY", Secret);
        _fixture.Folder.Write("fabrik.toml", """
            [[upstream]]
            url = "grpc://a"
            [[upstream]]
            url = "grpc://b"
            secret_key = "own"
            """);
        IReadOnlyList<EffectiveSettings> items = _fixture.Load().Items(TestSchema.Upstream);
        Assert.Equal([Secret, "own"], items.Select(item => item.Get(TestSchema.SecretKey)).ToArray());
        Assert.Equal("AWS_SECRET_ACCESS_KEY", items[0].OriginOf(TestSchema.SecretKey).ToString());
    }
}
