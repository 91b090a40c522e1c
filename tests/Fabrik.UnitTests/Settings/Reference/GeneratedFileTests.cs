using System.Text.Json;
using Fabrik.Settings.Reference;
using Fabrik.Settings.Schema;
using Xunit;

namespace Fabrik.UnitTests.Settings.Reference;

/// <summary>
/// What is generated into docs/ is fresh. Run with <c>UPDATE=1</c> in the environment to write it anew.
/// </summary>
public sealed class GeneratedFileTests
{
    [Fact]
    public void ReferencePage_OfTheProduct_IsWhatDocsHolds() =>
        Check("docs/configuration.md", ReferencePage.Write(SettingsSchema.Product));

    [Fact]
    public void JsonSchema_OfTheProduct_IsWhatDocsHolds()
    {
        string schema = SettingsJsonSchema.Write(SettingsSchema.Product);
        JsonDocument.Parse(schema).Dispose();
        Check("docs/fabrik.schema.json", schema);
    }

    private static void Check(string name, string text)
    {
        string path = Path.Join(RepositoryRoot(), name);
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path), $"{name} is missing: run the tests with UPDATE=1");
        Assert.True(text == File.ReadAllText(path), $"{name} is stale: run the tests with UPDATE=1");
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Join(at.FullName, "Fabrik.slnx")))
        {
            at = at.Parent ?? throw new DirectoryNotFoundException("no folder above the tests holds Fabrik.slnx");
        }

        return at.FullName;
    }
}
