using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Commit;

/// <summary>
/// Asks what a writer expects. That is the writer's code in the committer, on which every other writer depends: what it
/// throws stores nothing, and is thrown to the writer alone.
/// </summary>
internal sealed class Judge(Func<ArtifactInfo?, bool> expects)
{
    private ExceptionDispatchInfo? _thrown;

    /// <summary>Whether what is there is expected.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it is thrown where it belongs.")]
    public bool Holds(ArtifactInfo? current)
    {
        try
        {
            return expects(current);
        }
        catch (Exception thrown)
        {
            _thrown = ExceptionDispatchInfo.Capture(thrown);
            return false;
        }
    }

    /// <summary>Throws what was thrown.</summary>
    public void Rethrow() => _thrown?.Throw();
}
