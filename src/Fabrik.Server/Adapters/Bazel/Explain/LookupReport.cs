using Fabrik.Cache;
using Fabrik.Server.Adapters.Serving;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>Counts questions for results and results that were sent, and writes them down, in a journal.</summary>
internal sealed class LookupReport(ServerMetrics metrics, ActionJournal? journal)
{
    // The label of what came without a mnemonic; Prometheus takes an empty one for none.
    private const string NoMnemonic = "none";

    /// <summary>A question has been answered.</summary>
    public void Ended(ActionRequest request, string scope, FoundResult found) =>
        Append(request, scope, found.Outcome, found.Missing);

    /// <summary>A result was sent.</summary>
    public void Written(ActionRequest request, PutOutcome outcome) => Append(
        request,
        request.Principal.WriteScope,
        outcome == PutOutcome.Kept ? LookupOutcome.Kept : LookupOutcome.Stored,
        "");

    /// <summary>The cache failed.</summary>
    public void Failed(ActionRequest request, string scope, CacheError error) =>
        Append(request, scope, LookupOutcome.Failed, FaultReport.NameOf(error.Kind));

    private void Append(ActionRequest request, string scope, LookupOutcome outcome, string detail)
    {
        if (journal is null)
        {
            return;
        }

        var mnemonic = journal.Append(new ActionLookup
        {
            Action = request.Key.Hash,
            Outcome = outcome,
            Detail = detail,
            Instance = request.Key.Instance,
            Tenant = request.Principal.Tenant,
            Scope = scope,
            Subject = request.Principal.Subject,
            Target = request.Labels.Target,
            Mnemonic = request.Labels.Mnemonic,
            Configuration = request.Labels.Configuration,
            Invocation = request.Labels.Invocation,
        });
        metrics.Action(mnemonic.Length == 0 ? NoMnemonic : mnemonic, NameOf(outcome));
    }

    private static string NameOf(LookupOutcome outcome) => outcome switch
    {
        LookupOutcome.Hit => "hit",
        LookupOutcome.Incomplete => "incomplete",
        LookupOutcome.Damaged => "damaged",
        LookupOutcome.Failed => "failed",
        LookupOutcome.Stored => "stored",
        LookupOutcome.Kept => "kept",
        _ => "miss",
    };
}
