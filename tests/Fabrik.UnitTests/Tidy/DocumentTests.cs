using System.Text.RegularExpressions;
using Xunit;

namespace Fabrik.UnitTests.Tidy;

/// <summary>Links between documents lead somewhere.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Links_BetweenDocuments_LeadToFiles() => Report.Nothing(
        from page in SourceTree.WithExtension(".md")
        from link in LinksOf(page)
        let target = link.Split('#')[0]
        where target.Length > 0 && !Exists(page, target)
        select $"{page}: {link} leads nowhere");

    [Fact]
    public void Links_ToHeadings_LeadToHeadings() => Report.Nothing(
        from page in SourceTree.WithExtension(".md")
        from link in LinksOf(page)
        let parts = link.Split('#')
        where parts.Length == 2
        let target = parts[0].Length == 0 ? page : Find(page, parts[0])
        where target is not null && target.Path.EndsWith(".md", StringComparison.Ordinal)
        where !Anchors(target).Contains(parts[1])
        select $"{page}: {target} has no heading #{parts[1]}");

    [Theory]
    [InlineData("## What a *client* sees", "what-a-client-sees")]
    [InlineData("### `cache.max_size`", "cachemax_size")]
    [InlineData("# Layers, tiers & doors", "layers-tiers--doors")]
    public void Anchor_OfAHeading_IsWhatForgesMakeOfIt(string heading, string anchor) =>
        Assert.Equal([anchor], Anchors(new SourceFile("page.md", heading)));

    // Code is no prose: a bracket in it makes no link.
    private static IEnumerable<string> LinksOf(SourceFile page) =>
        Link.Matches(Code.Replace(page.Text, ""))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !target.StartsWith("mailto:", StringComparison.Ordinal));

    private static string Resolve(SourceFile page, string target) =>
        Path.GetFullPath(Path.Join(SourceTree.Root, page.Folder, Uri.UnescapeDataString(target)));

    private static bool Exists(SourceFile page, string target) => Path.Exists(Resolve(page, target));

    private static SourceFile? Find(SourceFile page, string target)
    {
        string path = Path.GetRelativePath(SourceTree.Root, Resolve(page, target)).Replace('\\', '/');
        return SourceTree.All.SingleOrDefault(file => file.Path == path);
    }

    private static HashSet<string> Anchors(SourceFile page) => Heading.Matches(page.Text)
        .Select(match => match.Groups["text"].Value.Trim().ToLowerInvariant())
        .Select(text => NotInAnchor.Replace(text, "").Replace(' ', '-'))
        .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)(\s+""[^""]*"")?\)")]
    private static partial Regex Link { get; }

    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code { get; }

    [GeneratedRegex(@"^#{1,6}\s+(?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading { get; }

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor { get; }
}
