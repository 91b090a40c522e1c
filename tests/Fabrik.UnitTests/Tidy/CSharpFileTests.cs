using System.Text.RegularExpressions;
using Xunit;

namespace Fabrik.UnitTests.Tidy;

/// <summary>What holds for every C# file: its size, and the calls that are banned.</summary>
public sealed partial class CSharpFileTests
{
    private const int MaxLines = 600;
    private const int MaxColumns = 120;

    // Fuzz targets and properties are synchronous by their interfaces; nothing of theirs waits for input or output. The
    // API of gRPC has a call that blocks. Event loops take what is complete already.
    private static readonly string[] MayBlock =
    [
        "src/Fabrik.Memcached/Destinations/Completed.cs",
        "src/Fabrik.Memcached/Loop/TlsChannel.cs",
        "src/Fabrik.Upstreams/Rpc/ChannelCallInvoker.cs",
        "tests/Fabrik.Fuzz/Targets/BlobReaderTarget.cs",
        "tests/Fabrik.MemcachedTests/Backends/HandLoop.cs",
        "tests/Fabrik.MemcachedTests/Destinations/SequenceTests.cs",
        "tests/Fabrik.UnitTests/Cache/Codec/BlobRoundTripTests.cs",
        "tests/Fabrik.UnitTests/Cache/Local/StoreModelTests.cs",
    ];

    [Fact]
    public void Files_OfTheRepository_AreShort() => Report.Nothing(
        from file in SourceTree.CSharp
        where file.Lines.Count > MaxLines
        select $"{file}: {file.Lines.Count} lines, at most {MaxLines}");

    [Fact]
    public void Lines_OfTheRepository_FitTheScreen()
    {
        Dictionary<string, int> counts = SourceTree.CSharp
            .Select(file => (file.Path, Count: file.Lines.Count(line => line.Length > MaxColumns)))
            .Where(file => file.Count > 0)
            .ToDictionary(file => file.Path, file => file.Count, StringComparer.Ordinal);
        Report.Nothing(
            from file in counts
            let known = LongLines.Allowed(file.Key)
            where file.Value > known
            select $"{file.Key}: {file.Value} lines of more than {MaxColumns} columns, {known} known");
    }

    [Fact]
    public void Blocking_OutsideOfTheList_IsAbsent() => Report.Nothing(
        SourceTree.CSharp.Where(file => !MayBlock.Contains(file.Path)).SelectMany(file => file.Find(Blocking)));

    [Fact]
    public void Blocking_InTheList_IsStillThere() => Report.Nothing(
        from path in MayBlock
        where !SourceTree.Get(path).Find(Blocking).Any()
        select $"{path} blocks no more: take it off the list");

    [Fact]
    public void WallClock_OfTheSystem_IsNotReadPastTheTimeProvider() =>
        Report.Nothing(SourceTree.CSharp.SelectMany(file => file.Find(WallClock)));

    [Fact]
    public void Pause_OfAThread_IsAbsent() =>
        Report.Nothing(SourceTree.CSharp.SelectMany(file => file.Find(Pause)));

    [Fact]
    public void Regions_OfTheProduct_AreAbsent() =>
        Report.Nothing(SourceTree.CSharp.SelectMany(file => file.Find(Region)));

    [Fact]
    public void Namespace_OfEveryFile_IsItsFolder() => Report.Nothing(
        from file in SourceTree.CSharp
        let declared = file.Lines.FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))
        let expected = $"namespace {NamespaceOf(file)};"
        where declared is not null && declared != expected
        select $"{file}: {declared} instead of {expected}");

    // The folder of the executable is "Fabrik", and a test project's name begins its own namespaces.
    private static string NamespaceOf(SourceFile file) =>
        file.Folder[(file.Folder.IndexOf('/') + 1)..].Replace('/', '.');

    // Spelt so that this file does not match itself.
    [GeneratedRegex(
        @"\.GetAwaiter\(\)[.]GetResult\(|\.Wait\(\)|\)\.Result\b|[Tt]ask\.Result\b|Task\.Wait(?:All|Any)\(")]
    private static partial Regex Blocking { get; }

    [GeneratedRegex(@"\bDateTime(?:Offset)?[.](?:Utc)?(?:Now|Today)\b|Environment[.]TickCount")]
    private static partial Regex WallClock { get; }

    [GeneratedRegex(@"\bThread[.]Sleep\b|\bThread[.]SpinWait\b")]
    private static partial Regex Pause { get; }

    [GeneratedRegex(@"^\s*#(?:end)?region\b")]
    private static partial Regex Region { get; }
}
