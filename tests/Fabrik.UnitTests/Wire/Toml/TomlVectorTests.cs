using System.Text.Json;
using Fabrik.Wire.Toml;
using Xunit;

namespace Fabrik.UnitTests.Wire.Toml;

/// <summary>Every case of the public suite, for both editions of the specification.</summary>
public sealed class TomlVectorTests
{
    public static TheoryData<string> Valid10 => TomlVectors.Documents("files-toml-1.0.0", "valid/");

    public static TheoryData<string> Invalid10 => TomlVectors.Documents("files-toml-1.0.0", "invalid/");

    public static TheoryData<string> Valid11 => TomlVectors.Documents("files-toml-1.1.0", "valid/");

    public static TheoryData<string> Invalid11 => TomlVectors.Documents("files-toml-1.1.0", "invalid/");

    [Theory]
    [MemberData(nameof(Valid10))]
    public void Parse_ValidIn10_GivesTheExpectedValues(string name) => ExpectValues(name, TomlVersion.V1_0);

    [Theory]
    [MemberData(nameof(Valid11))]
    public void Parse_ValidIn11_GivesTheExpectedValues(string name) => ExpectValues(name, TomlVersion.V1_1);

    [Theory]
    [MemberData(nameof(Invalid10))]
    public void Parse_InvalidIn10_IsRefused(string name) => ExpectRefusal(name, TomlVersion.V1_0);

    [Theory]
    [MemberData(nameof(Invalid11))]
    public void Parse_InvalidIn11_IsRefused(string name) => ExpectRefusal(name, TomlVersion.V1_1);

    private static void ExpectValues(string name, TomlVersion version)
    {
        TomlDocument document = TomlDocument.Parse(TomlVectors.Read(name), version);
        Assert.Empty(document.Errors);
        using JsonDocument expected = JsonDocument.Parse(TomlVectors.Read(Path.ChangeExtension(name, ".json")));
        TomlExpectation.Check("$", expected.RootElement, document.Root);
    }

    private static void ExpectRefusal(string name, TomlVersion version)
    {
        TomlDocument document = TomlDocument.Parse(TomlVectors.Read(name), version);
        Assert.NotEmpty(document.Errors);
        Assert.All(
            document.Errors, error => Assert.True(error.Position is { Line: >= 1, Column: >= 1 }, error.ToString()));
    }
}
