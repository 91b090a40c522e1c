using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>What there is of an action in one scope.</summary>
/// <param name="Outcome">Whether it can be served; a result that cannot be read is damaged.</param>
/// <param name="Result">The result, even if it is incomplete.</param>
internal readonly record struct FoundResult(LookupOutcome Outcome, ActionResult? Result)
{
    /// <summary>The path of what is gone, if it is incomplete.</summary>
    public string Missing { get; init; } = "";

    /// <summary>When it was stored.</summary>
    public DateTimeOffset StoredAt { get; init; }
}
