using System.Text.Json;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Bazel.Explain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.StoreAccess;

/// <summary>
/// What <c>fabrik explain</c> asks, on the control socket (<see cref="ControlRoutes"/>): <c>GET
/// /bazel/statistics</c>, <c>POST /bazel/explain</c>, <c>POST /bazel/compare</c>.
/// </summary>
internal static class ExplainRoutes
{
    /// <summary>Counts.</summary>
    public const string Statistics = "/bazel/statistics";

    /// <summary>Lookups, and what is stored.</summary>
    public const string Explain = "/bazel/explain";

    /// <summary>What differs between two actions.</summary>
    public const string Compare = "/bazel/compare";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, ActionExplainer explainer)
    {
        routes.MapMethods(Statistics, ["GET"], (RequestDelegate)(context => ControlRoutes.AnswerAsync<ActionStatistics>(
            context, explainer.Statistics(), StoreJson.Default.ActionStatistics)));
        routes.MapMethods(Explain, ["POST"], (RequestDelegate)(context => ExplainAsync(context, explainer)));
        routes.MapMethods(Compare, ["POST"], (RequestDelegate)(context => CompareAsync(context, explainer)));
    }

    private static async Task ExplainAsync(HttpContext context, ActionExplainer explainer)
    {
        ExplainQuestion? asked = await JsonSerializer.DeserializeAsync(
            context.Request.Body, StoreJson.Default.ExplainQuestion, context.RequestAborted);
        ExplainQuestion question = asked ?? new ExplainQuestion();
        ContentDigest? action = Digest(question.Action);
        LookupFilter filter = new()
        {
            Action = action,
            Target = question.Target,
            Invocation = question.Invocation,
        };
        CacheResult<ExplainReport> report = question.Action.Length > 0 && action is null
            ? NoDigest
            : await explainer.ExplainAsync(filter, context.RequestAborted);
        await ControlRoutes.AnswerAsync(context, report, StoreJson.Default.ExplainReport);
    }

    private static async Task CompareAsync(HttpContext context, ActionExplainer explainer)
    {
        CompareQuestion? asked = await JsonSerializer.DeserializeAsync(
            context.Request.Body, StoreJson.Default.CompareQuestion, context.RequestAborted);
        CacheResult<ActionComparison> compared =
            Digest(asked?.First) is { } first && Digest(asked?.Second) is { } second
            ? await explainer.CompareAsync(first, second, context.RequestAborted)
            : NoDigest;
        await ControlRoutes.AnswerAsync(context, compared, StoreJson.Default.ActionComparison);
    }

    private static CacheError NoDigest { get; } =
        CacheError.Client(CacheErrorKind.InvalidRequest, "expected the SHA-256 of an action");

    private static ContentDigest? Digest(string? hash) =>
        ContentDigest.TryParse(hash, out ContentDigest digest) ? digest : null;
}

/// <summary>What is asked for; what is set holds together.</summary>
internal sealed record ExplainQuestion
{
    /// <summary>The hash of an action, in hexadecimal; empty for all.</summary>
    public string Action { get; init; } = "";

    /// <summary>A target; empty for all.</summary>
    public string Target { get; init; } = "";

    /// <summary>A run of a build tool; empty for all.</summary>
    public string Invocation { get; init; } = "";
}

/// <summary>Two actions to compare: their hashes, in hexadecimal.</summary>
internal sealed record CompareQuestion(string First, string Second);
