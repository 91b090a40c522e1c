namespace Fabrik.EndToEndTests.Proxies.Origins;

/// <summary>Keys that servers and proxies make something else of.</summary>
internal static class OddKeys
{
    private static readonly string[] All =
    [
        "odd/a b", "odd/a+b", "odd/a%2Fb", "odd//b", "odd/ü/日本語/🎉", "odd/a&b=c?d#e", "odd/<tag>'\"",
        "odd/a;b,c:d@e!f*(g)~", "odd/{}[]|^`\\", "odd/end/", "odd/" + new string('k', 1020),
    ];

    // It keeps objects in files: a slash at the end, two of them, and long names are what files do not have.
    private static readonly string[] NotInFiles = ["odd//b", "odd/end/", All[^1]];

    /// <summary>Those that a server can have.</summary>
    public static IEnumerable<string> Of(string server) =>
        server == S3Origins.S3rver ? All.Except(NotInFiles, StringComparer.Ordinal) : All;

    /// <summary>The key in a target: slashes as they are, all else escaped.</summary>
    public static string Target(string key) => string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
}
