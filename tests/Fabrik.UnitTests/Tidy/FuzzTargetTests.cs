using Fabrik.Fuzz;
using Xunit;

namespace Fabrik.UnitTests.Tidy;

/// <summary>No parser without a fuzz target, and no target that nobody runs.</summary>
public sealed class FuzzTargetTests
{
    private const string TargetsFolder = "tests/Fabrik.Fuzz/Targets";

    // Folders of Wire that only write, or that hold names and constants.
    private static readonly string[] WithoutParser = ["src/Fabrik.Wire/Memcached/Hashing"];

    private static IEnumerable<SourceFile> TargetFiles =>
        SourceTree.CSharp.Where(file => file.Folder == TargetsFolder);

    [Fact]
    public void Targets_InTheirFolder_AreAllListed()
    {
        string list = SourceTree.Get("tests/Fabrik.Fuzz/FuzzTargets.cs").Text;
        Report.Nothing(
            from file in TargetFiles
            where file.Text.Contains(": IFuzzTarget", StringComparison.Ordinal)
            let type = Path.GetFileNameWithoutExtension(file.Path)
            where !list.Contains($"new {type}(", StringComparison.Ordinal)
            select $"{type} is not in FuzzTargets.All");
    }

    [Fact]
    public void Names_OfTargets_AreUnique() => Assert.Equal(
        FuzzTargets.All.Count,
        FuzzTargets.All.DistinctBy(target => target.Name, StringComparer.Ordinal).Count());

    [Fact]
    public void Seeds_OfEveryTarget_AreThere() =>
        Assert.All(FuzzTargets.All, target => Assert.NotEmpty(target.Seeds));

    [Fact]
    public void Folders_OfTheWire_EachHaveATarget() => Report.Nothing(
        from folder in SourceTree.Product.Select(file => file.Folder).Distinct(StringComparer.Ordinal)
        where folder.StartsWith("src/Fabrik.Wire/", StringComparison.Ordinal) && !WithoutParser.Contains(folder)
        let name = folder["src/".Length..].Replace('/', '.')
        where !TargetFiles.Any(file => file.Text.Contains($"using {name};", StringComparison.Ordinal))
        select $"{folder}: no target in {TargetsFolder} uses {name}");
}
