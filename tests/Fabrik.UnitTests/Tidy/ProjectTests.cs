using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Fabrik.UnitTests.Tidy;

/// <summary>What holds for the projects: who sees whom, and where versions come from.</summary>
public sealed partial class ProjectTests
{
    // The whole graph. A new edge is a decision: it is made here, and shows in a review.
    private static readonly Dictionary<string, string[]> ProductGraph = new(StringComparer.Ordinal)
    {
        ["Fabrik.Wire"] = [],
        ["Fabrik.Cache"] = [],
        ["Fabrik.Upstreams"] = ["Fabrik.Cache", "Fabrik.Wire"],
        ["Fabrik.Server"] = ["Fabrik.Cache", "Fabrik.Wire"],
        ["Fabrik.Proxies"] = ["Fabrik.Cache", "Fabrik.Server", "Fabrik.Wire"],
        ["Fabrik.Memcached"] = ["Fabrik.Cache", "Fabrik.Wire"],
        ["Fabrik"] =
        [
            "Fabrik.Cache", "Fabrik.Memcached", "Fabrik.Proxies", "Fabrik.Server", "Fabrik.Upstreams", "Fabrik.Wire",
        ],
    };

    private static readonly Dictionary<string, string[]> ProductPackages = new(StringComparer.Ordinal)
    {
        ["Fabrik.Wire"] = ["Google.Protobuf", "Grpc.Tools"],
        ["Fabrik.Cache"] = [],
        ["Fabrik.Upstreams"] = ["AWSSDK.S3", "Google.Protobuf"],
        ["Fabrik.Server"] = ["Google.Protobuf"],
        ["Fabrik.Proxies"] = [],
        ["Fabrik.Memcached"] = [],
        ["Fabrik"] = ["OpenTelemetry.Exporter.OpenTelemetryProtocol", "System.CommandLine", "YamlDotNet"],
    };

    private static IEnumerable<SourceFile> Product =>
        SourceTree.Projects.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal));

    private static SourceFile Central => SourceTree.Get("Directory.Packages.props");

    public static TheoryData<string> Names => [.. ProductGraph.Keys];

    [Fact]
    public void Projects_OfTheProduct_AreTheOnesInTheGraph() => Assert.Equal(
        ProductGraph.Keys.Order(StringComparer.Ordinal),
        Product.Select(Name).Order(StringComparer.Ordinal),
        StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public void References_OfAProject_AreThoseOfTheGraph(string project) => Assert.Equal(
        ProductGraph[project],
        Included(Project(project), "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)),
        StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public void Packages_OfAProject_AreThoseThatWereChosen(string project) =>
        Assert.Equal(ProductPackages[project], Included(Project(project), "PackageReference"), StringComparer.Ordinal);

    [Fact]
    public void Namespaces_OfOtherProjects_AreUsedAlongTheGraphOnly() => Report.Nothing(
        from file in SourceTree.Product
        let project = file.Path.Split('/')[1]
        where project != "Fabrik"
        from other in ProductGraph.Keys.Where(other => other != project && !ProductGraph[project].Contains(other))
        from finding in file.Find(
            new Regex(
                $@"^using (static )?{Regex.Escape(other)}(\.(?!Wire|Cache|Upstreams|Server|Proxies|Memcached)|;)"))
        select finding);

    [Fact]
    public void Codecs_OfTheWire_TouchNoSocketFileClockOrLogger() => Report.Nothing(
        SourceTree.Product.Where(file => file.Path.StartsWith("src/Fabrik.Wire/", StringComparison.Ordinal))
            .SelectMany(file => file.Find(Outside)));

    [Fact]
    public void Settings_ThatHoldTheDirection_AreOn()
    {
        string properties = SourceTree.Get("Directory.Build.props").Text;
        foreach (string name in (string[])
        [
            "DisableTransitiveProjectReferences", "ManagePackageVersionsCentrally", "RestorePackagesWithLockFile",
            "CentralPackageTransitivePinningEnabled", "TreatWarningsAsErrors", "GenerateDocumentationFile",
        ])
        {
            Assert.Contains($"<{name}>true</{name}>", properties, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Versions_OfPackages_AreCentralAndExact()
    {
        Report.Nothing(
            from project in SourceTree.Projects
            from reference in XDocument.Parse(project.Text).Descendants("PackageReference")
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
            select $"{project}: {reference} has a version of its own");
        Report.Nothing(
            from version in XDocument.Parse(Central.Text).Descendants("PackageVersion")
            where !ExactVersion.IsMatch((string)version.Attribute("Version")!)
            select $"{version} is not exact");
    }

    [Fact]
    public void Versions_ThatAreCentral_AreAllUsed()
    {
        HashSet<string> used = SourceTree.Projects.Append(SourceTree.Get("Directory.Build.props"))
            .SelectMany(file => Included(file, "PackageReference"))
            .ToHashSet(StringComparer.Ordinal);
        string[] central = [.. Included(Central, "PackageVersion")];
        Assert.Equal(central.Length, central.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Report.Nothing(
            from name in central
            where !used.Contains(name) && !ForBenchmarks(name)
            select $"{name} is not used");
    }

    [Fact]
    public void LockFile_OfEveryProject_IsThereAndNamesNoSource() => Report.Nothing(
        from project in SourceTree.Projects
        let file = SourceTree.All.SingleOrDefault(file => file.Path == $"{project.Folder}/packages.lock.json")
        let problem = file is null ? "is missing" : LockProblem(file.Text)
        where problem.Length > 0
        select $"{project.Folder}/packages.lock.json {problem}");

    [Fact]
    public void Projects_OfTheTree_AreInTheSolution() => Assert.Equal(
        SourceTree.Projects.Select(file => file.Path).Order(StringComparer.Ordinal),
        XDocument.Parse(SourceTree.Get("Fabrik.slnx").Text).Descendants("Project")
            .Select(project => (string)project.Attribute("Path")!)
            .Order(StringComparer.Ordinal),
        StringComparer.Ordinal);

    private static bool ForBenchmarks(string package) =>
        package == "BenchmarkDotNet"
        && !SourceTree.Projects.Any(file => file.Path.StartsWith("bench/", StringComparison.Ordinal));

    private static string LockProblem(string text)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        return !json.RootElement.GetProperty("dependencies").EnumerateObject().Any() ? "locks nothing"
            : text.Contains("://", StringComparison.Ordinal) ? "names a source"
            : "";
    }

    private static string Name(SourceFile project) => Path.GetFileNameWithoutExtension(project.Path);

    private static SourceFile Project(string name) => SourceTree.Get($"src/{name}/{name}.csproj");

    private static IEnumerable<string> Included(SourceFile file, string element) =>
        XDocument.Parse(file.Text).Descendants(element).Select(item => (string)item.Attribute("Include")!);

    [GeneratedRegex(@"^\d+(\.\d+)+(-[\w.]+)?$")]
    private static partial Regex ExactVersion { get; }

    [GeneratedRegex(
        @"\busing System\.(?:Net\.Sockets|Net\.Http|Diagnostics(?!\.CodeAnalysis))\b|\busing Microsoft\.|" +
        @"\bTimeProvider\b|\bFile(?:Stream|Info)?\.|\bSocket\b")]
    private static partial Regex Outside { get; }
}
