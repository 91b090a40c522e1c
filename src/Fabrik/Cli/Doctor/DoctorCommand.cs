using System.CommandLine;
using Fabrik.Composition.Layers;
using Fabrik.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.Cli.Doctor;

/// <summary>
/// <c>fabrik doctor</c>: looks at what this configuration needs (disk, limits, keys, tokens, upstreams and their
/// clocks) and says what to do. It changes nothing.
/// </summary>
internal static class DoctorCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Option<bool> json = new("--json") { Description = "Print the findings as JSON." };
        Command command = new("doctor", "Check configuration, keys, disk and upstreams, and say what to do.") { json };
        command.SetAction((result, cancellationToken) =>
            RunAsync(context, result, result.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, ParseResult result, bool asJson, CancellationToken cancellationToken)
    {
        SettingsSources sources = context.Sources(result);
        SettingsOutcome outcome = SettingsLoader.Load(sources);
        IReadOnlyList<Finding> findings = outcome.TryGet(out EffectiveSettings? settings)
            ? await ExamineAsync(settings, sources, cancellationToken)
            : [.. outcome.Errors.Select(error => Finding.Failure("config", error.ToString(), "mend it"))];
        if (asJson)
        {
            DoctorReport.WriteJson(context.Terminal.Output, findings);
        }
        else
        {
            DoctorReport.Write(context.Terminal.Output, findings);
        }

        return findings.Any(finding => finding.Severity == Severity.Failure) ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static async Task<IReadOnlyList<Finding>> ExamineAsync(
        EffectiveSettings settings, SettingsSources sources, CancellationToken cancellationToken)
    {
        List<Finding> findings =
        [
            Finding.Fine("config", settings.FilePath is { } path ? $"{path} is right" : "no file: defaults hold"),
            .. await DiskCheck.RunAsync(settings, sources.Environment, cancellationToken),
            .. LimitsCheck.Run(settings),
            .. await KeyCheck.RunAsync(settings, TimeProvider.System, cancellationToken),
        ];
        List<string> problems = [];
        UpstreamWorld world = new(sources.Environment, TimeProvider.System, NullLoggerFactory.Instance);
        await using UpstreamSet upstreams = UpstreamSet.Of(settings, world, problems);
        findings.AddRange(problems.Select(problem => Finding.Failure("upstream", problem, "mend it")));
        if (upstreams.Detected is { } detected)
        {
            findings.Add(Finding.Fine("ci", detected));
        }

        foreach (ComposedUpstream upstream in upstreams.Items)
        {
            findings.AddRange(TokenCheck.Run(
                upstream.Options.Name, upstream.Token.Current(), TimeProvider.System.GetUtcNow()));
            findings.AddRange(await new UpstreamCheck(upstream.Tier, upstream.Options, TimeProvider.System)
                .RunAsync(cancellationToken));
        }

        return findings;
    }
}
