using System.CommandLine;
using System.Text.Json;
using Fabrik.Cli;
using Fabrik.Settings.Reference;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Cli;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public static TheoryData<string> Templates => [.. ConfigTemplates.Names];

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Show_Text_PrintsValuesWithOrigins()
    {
        _fixture.Folder.Write("fabrik.toml", "[cache]\nmax_size = \"20GB\"");
        (int code, string output, _) = Run("show");
        Assert.Equal(0, code);
        Assert.Matches("max_size = \"20GB\" +# fabrik.toml:2:12\n", output);
        Assert.Matches("port = 8080 +# default\n", output);
    }

    [Fact]
    public void Show_Json_IsJson()
    {
        (int code, string output, _) = Run("show", "--json");
        Assert.Equal(0, code);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("file").ValueKind);
        Assert.Contains(
            json.RootElement.GetProperty("settings").EnumerateArray(),
            setting => setting.GetProperty("key").GetString() == "cache.max_size");
    }

    [Fact]
    public void Validate_Invalid_PrintsEveryErrorAndFails()
    {
        string path = _fixture.Folder.Write("x/other.toml", "[cache]\nmax_size = 1\n[cachee]");
        (int code, string output, string errors) = Run("validate", path);
        Assert.Equal((1, ""), (code, output));
        Assert.Equal(3, errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(
            errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("[fabrik] ", line));
    }

    [Fact]
    public void Validate_Valid_SaysWhichFile()
    {
        _fixture.Folder.Write("fabrik.toml", "");
        Assert.Equal((0, "[fabrik] fabrik.toml is valid\n", ""), Run("validate"));
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Generate_EveryTemplate_PassesValidate(string template)
    {
        (int code, string output, string errors) = Run("generate", "--template", template);
        Assert.Equal((0, ""), (code, errors));
        string path = _fixture.Folder.Write("made/fabrik.toml", output);
        Assert.Equal((0, "[fabrik] made/fabrik.toml is valid\n", ""), Run("validate", path));
    }

    [Fact]
    public void Generate_NameThatThereIsNot_ListsThoseThatThereAre()
    {
        (int code, _, string errors) = Run("generate", "--template", "layer4");
        Assert.Equal(1, code);
        Assert.Equal(
            "[fabrik] --template: expected one of layer1, server, layer2, layer3, s3-proxy, memcached-proxy, "
                + "found \"layer4\"\n",
            errors);
    }

    [Theory]
    [InlineData("generate", "--template", "layer1")]
    [InlineData("schema")]
    [InlineData("reference")]
    public void Print_EveryKind_Prints(params string[] arguments)
    {
        (int code, string output, _) = Run(arguments);
        Assert.Equal(0, code);
        Assert.Contains("max_size", output);
    }

    private (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter errors = new() { NewLine = "\n" };
        int code = ConfigCommand.Create(_ => _fixture.Sources())
            .Parse(arguments)
            .Invoke(new InvocationConfiguration { Output = output, Error = errors });
        return (code, _fixture.Folder.Relative(output.ToString()), _fixture.Folder.Relative(errors.ToString()));
    }
}
