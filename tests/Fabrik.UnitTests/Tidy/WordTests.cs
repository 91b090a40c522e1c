using System.Text.RegularExpressions;
using Xunit;

namespace Fabrik.UnitTests.Tidy;

/// <summary>Words that no file of the repository may hold.</summary>
public sealed partial class WordTests
{
    // The rules name what they forbid.
    private static readonly string[] Rules = ["tests/Fabrik.UnitTests/Tidy/WordTests.cs"];

    // Fixtures in which a path is a value like any other.
    private static readonly string[] PathFixtures = ["tests/Fabrik.UnitTests/Settings/SettingsValueTests.cs"];

    private static IEnumerable<SourceFile> Files => SourceTree.All.Where(file => !Rules.Contains(file.Path));

    [Fact]
    public void Leftovers_OfAnAuthor_AreAbsent() => Report.Nothing(Files.SelectMany(file => file.Find(Leftover)));

    [Fact]
    public void Conflicts_OfAMerge_AreResolved() => Report.Nothing(Files.SelectMany(file => file.Find(Conflict)));

    [Fact]
    public void Stubs_OfTheProduct_AreAbsent() =>
        Report.Nothing(SourceTree.Product.SelectMany(file => file.Find(Stub)));

    [Fact]
    public void Drawers_ForWhateverComes_AreAbsent() => Report.Nothing(
        from file in SourceTree.CSharp
        where Drawer.IsMatch(file.Path)
        select $"{file}: name it after what it does");

    [Fact]
    public void Paths_OfOneMachine_AreAbsent() => Report.Nothing(
        Files.Where(file => !PathFixtures.Contains(file.Path)).SelectMany(file => file.Find(MachinePath)));

    [Fact]
    public void Hosts_ThatPackagesComeFrom_AreAbsent() =>
        Report.Nothing(Files.SelectMany(file => file.Find(RegistryHost)));

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Leftover { get; }

    [GeneratedRegex(@"^(?:<{7}|>{7}|\|{7})(?: |$)")]
    private static partial Regex Conflict { get; }

    [GeneratedRegex(@"\bNotImplementedException\b|not (?:yet )?implemented", RegexOptions.IgnoreCase)]
    private static partial Regex Stub { get; }

    [GeneratedRegex(@"(?:^|/)(?:Common|Utils?|Utilities|Helpers?|Misc)(?:/|\.cs$)|(?:Manager|Helper|Utils?)\.cs$")]
    private static partial Regex Drawer { get; }

    [GeneratedRegex(@"(?<![\w~.$}*])/(?:work|root|Users|home)/\w")]
    private static partial Regex MachinePath { get; }

    [GeneratedRegex(
        @"\b(?:nuget\.org|npmjs\.(?:org|com)|pypi\.org|pythonhosted\.org|crates\.io|golang\.org|rubygems\.org)\b|" +
        @"\b(?:repo1?\.maven\.(?:apache\.)?org|plugins\.gradle\.org|deb\.debian\.org|archive\.ubuntu\.com)\b|" +
        @"https?://[\w.-]+\.(?:internal|corp|lan)\b")]
    private static partial Regex RegistryHost { get; }
}
