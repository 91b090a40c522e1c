using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fabrik.Cache;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.StoreAccess;

namespace Fabrik.Cli;

/// <summary>One run of <c>fabrik explain</c>: asks the process that serves, and prints what it says.</summary>
internal sealed class ExplainRun(CommandContext context, ParseResult result, bool asJson)
{
    /// <summary>Asks about an action, a target or a run; about nothing, for counts.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> ExplainAsync(ExplainQuestion question, CancellationToken cancellationToken) =>
        question == new ExplainQuestion()
            ? AskAsync(
                new HttpRequestMessage(HttpMethod.Get, ExplainRoutes.Statistics),
                StoreJson.Default.ActionStatistics,
                ExplainText.Statistics,
                cancellationToken)
            : AskAsync(
                ControlClient.Post(ExplainRoutes.Explain, question, StoreJson.Default.ExplainQuestion),
                StoreJson.Default.ExplainReport,
                (report, now) => question.Action.Length > 0
                    ? ExplainText.Action(question.Action, report, now)
                    : ExplainText.Lookups(report, now),
                cancellationToken);

    /// <summary>Asks what differs between two actions.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> CompareAsync(CompareQuestion question, CancellationToken cancellationToken) => AskAsync(
        ControlClient.Post(ExplainRoutes.Compare, question, StoreJson.Default.CompareQuestion),
        StoreJson.Default.ActionComparison,
        (comparison, _) => ComparisonText.Of(comparison),
        cancellationToken);

    private async Task<int> AskAsync<T>(
        HttpRequestMessage request,
        JsonTypeInfo<T> type,
        Func<T, DateTimeOffset, string> text,
        CancellationToken cancellationToken)
    {
        if (!context.TryLoad(result, out EffectiveSettings? settings))
        {
            return ExitCodes.Failed;
        }

        string folder = settings.Get(CacheSettings.Directory);
        if (ControlSocket.PathFor(folder) is not { } socket || !File.Exists(socket))
        {
            context.Terminal.Fail(
                $"no process serves from {folder} (cache.dir); what was looked up is known only to the one that was "
                + "asked, while it runs");
            return ExitCodes.Failed;
        }

        using ControlClient client = new(socket);
        CacheResult<T> asked = await client.AskAsync(request, type, cancellationToken);
        if (!asked.TryGet(out T? answer, out CacheError? error))
        {
            context.Terminal.Fail(error.Message);
            return ExitCodes.Failed;
        }

        context.Terminal.Output.WriteLine(
            asJson ? JsonSerializer.Serialize(answer, type) : text(answer, TimeProvider.System.GetUtcNow()));
        return ExitCodes.Done;
    }
}
