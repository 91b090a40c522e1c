using System.Text.Json;
using System.Text.Json.Serialization;
using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.Server.Adapters.Bazel.Explain;

namespace Fabrik.StoreAccess;

/// <summary>The words of the control socket, and of <c>--json</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(WordConverter<WriteState>), typeof(WordConverter<CacheErrorKind>),
        typeof(WordConverter<LookupOutcome>)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoreStatistics))]
[JsonSerializable(typeof(StoreEntry))]
[JsonSerializable(typeof(EntryFilter))]
[JsonSerializable(typeof(CleanRequest))]
[JsonSerializable(typeof(CleanReport))]
[JsonSerializable(typeof(VerifyStep))]
[JsonSerializable(typeof(StoreFault))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(ExplainQuestion))]
[JsonSerializable(typeof(CompareQuestion))]
[JsonSerializable(typeof(ExplainReport))]
[JsonSerializable(typeof(ActionComparison))]
[JsonSerializable(typeof(ActionStatistics))]
internal sealed partial class StoreJson : JsonSerializerContext;

/// <summary>Values of an enumeration as words in the style of the members: <c>read_only</c>.</summary>
internal sealed class WordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower)
    where T : struct, Enum;

/// <summary>One line of a verification: how far it is, and at its end what it found.</summary>
/// <param name="Progress">How far it is.</param>
/// <param name="Report">What it found; only in the last line.</param>
internal sealed record VerifyStep(VerifyProgress Progress, VerifyReport? Report = null);

/// <summary>A failure on its way over the control socket.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Message">The sentence for people.</param>
internal sealed record StoreFault(CacheErrorKind Kind, string Message);
