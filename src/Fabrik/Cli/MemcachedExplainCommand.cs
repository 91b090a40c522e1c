using System.CommandLine;
using System.Text;
using Fabrik.Composition.Memcached;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.Memcached.Routing;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using ReaderLimits = Fabrik.Wire.Memcached.ReaderLimits;

namespace Fabrik.Cli;

/// <summary>
/// <c>fabrik memcached-proxy explain get user:42</c>: where a request would go, without a proxy that runs.
/// </summary>
internal static class MemcachedExplainCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Argument<string> verb = new("command")
        {
            Description = "The command by its name in the text protocol: get, set, mg, ...",
        };
        Argument<string> key = new("key")
        {
            Description = "The key.",
        };
        Option<string?> hint = new("--hint")
        {
            Description = "The hint that a meta command has, with its letter: Peu, Lfast, ...",
            HelpName = "FLAG",
        };
        Command command = new("explain", "Say which route, backend and server a request would go to.")
        {
            verb,
            key,
            hint,
        };
        command.SetAction(result =>
            context.TryLoad(result, out EffectiveSettings? settings)
                ? Explain(
                    context.Terminal,
                    settings,
                    new Question(result.GetValue(verb)!, result.GetValue(key)!, result.GetValue(hint)))
                : ExitCodes.Failed);
        return command;
    }

    private static int Explain(Terminal terminal, EffectiveSettings settings, Question request)
    {
        if (VerbNames.Find(request.Verb) is not { } verb)
        {
            string? nearest = Suggestion.Nearest(request.Verb, MemcachedRouteSettings.CommandNames);
            terminal.Fail($"{request.Verb}: expected a command such as get or set"
                + (nearest is null ? "" : $"; did you mean \"{nearest}\"?"));
            return ExitCodes.Usage;
        }

        if (request.Key.Length is 0 or > ReaderLimits.MaxKeyLength || request.Key.Any(c => c is <= ' ' or '\x7f'))
        {
            terminal.Fail($"expected a key of 1 to {ReaderLimits.MaxKeyLength} characters, none of them a blank");
            return ExitCodes.Usage;
        }

        if (!TryReadHint(request, out byte[] hint, out string? error))
        {
            terminal.Fail($"--hint {request.Hint}: {error}");
            return ExitCodes.Usage;
        }

        MemcachedProxyOptions options = MemcachedOptions.From(settings, _ => null);
        if (RouteExplanation.Of(options, verb, Encoding.UTF8.GetBytes(request.Key), hint) is { } lines)
        {
            foreach (string line in lines)
            {
                terminal.Output.WriteLine(line);
            }

            return ExitCodes.Done;
        }

        terminal.Fail($"no route matches {request.Verb} {request.Key}" + (hint.Length > 0 ? $" {request.Hint}" : ""));
        return ExitCodes.Failed;
    }

    private static bool TryReadHint(Question request, out byte[] hint, out string? error)
    {
        hint = [];
        error = null;
        if (request.Hint is null)
        {
            return true;
        }

        if (RouteHint.FindWithout([request.Verb]) is { } verb)
        {
            error = $"{verb} has no hints; mg, ms, md, ma and me do";
            return false;
        }

        bool isHint = RouteHint.TryParse(request.Hint, out byte[]? read, out string? problem);
        hint = read ?? [];
        error = isHint ? null : $"expected a flag such as \"Peu\": {problem}";
        return isHint;
    }

    private sealed record Question(string Verb, string Key, string? Hint);
}
