using System.Reflection;
using System.Xml.Linq;
using Fabrik.Cache;
using Fabrik.Proxies.Storage;
using Fabrik.Server;
using Fabrik.Wire.Toml;
using Xunit;

namespace Fabrik.UnitTests.Tidy;

/// <summary>
/// What a project shows to others says what it means. The compiler asks for a comment (CS1591 is an error); this asks
/// that the rule stays on, and that the comment says something.
/// </summary>
public sealed class DocumentationCommentTests
{
    public static TheoryData<string> Assemblies => new(All.Select(assembly => assembly.GetName().Name!));

    private static Assembly[] All =>
    [
        typeof(TomlDocument).Assembly, typeof(ICacheTier).Assembly, typeof(ServerRoutes).Assembly,
        typeof(ResourceKey).Assembly,
    ];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Types_ThatArePublic_HaveASummary(string name)
    {
        Assembly assembly = All.Single(assembly => assembly.GetName().Name == name);
        XDocument comments = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
        Dictionary<string, string> summaries = comments.Descendants("member").ToDictionary(
            member => (string)member.Attribute("name")!,
            member => string.Concat(member.Elements("summary").Nodes()).Trim(),
            StringComparer.Ordinal);
        Report.Nothing(
            from type in assembly.GetExportedTypes()
            // Messages are generated; their .proto files say what they mean.
            where type.Namespace?.StartsWith("Fabrik.Wire.Protos", StringComparison.Ordinal) != true
            where summaries.GetValueOrDefault("T:" + type.FullName!.Replace('+', '.')) is null or ""
            select $"{type}: no summary");
    }

    [Fact]
    public void Rule_ForComments_IsNotSwitchedOffForTheProduct()
    {
        SourceFile style = SourceTree.Get(".editorconfig");
        int tests = style.Lines.ToList().IndexOf("[{tests,bench}/**.cs]");
        Assert.NotEqual(-1, tests);
        Assert.DoesNotContain(style.Lines.Take(tests), line => line.Contains("CS1591", StringComparison.Ordinal));
        Report.Nothing(
            from file in SourceTree.Product.Concat(SourceTree.Projects)
            where file.Text.Contains("CS1591", StringComparison.Ordinal)
            select $"{file} switches comments off");
    }
}
