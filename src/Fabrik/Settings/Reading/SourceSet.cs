using Fabrik.Settings.Overrides;

namespace Fabrik.Settings.Reading;

/// <summary>The sources that are stronger than the file.</summary>
/// <param name="Flags">The command line.</param>
/// <param name="Variables">The environment.</param>
internal sealed record SourceSet(OverrideSet Flags, OverrideSet Variables)
{
    /// <summary>Both, weakest first: what is applied later wins.</summary>
    public IEnumerable<OverrideSet> WeakestFirst => [Variables, Flags];
}
