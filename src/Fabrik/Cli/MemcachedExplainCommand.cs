using System.CommandLine;
using System.Text;
using Fabrik.Composition.Memcached;
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
        Command command = new("explain", "Say which route, backend and server a request would go to.")
        {
            verb,
            key,
        };
        command.SetAction(result =>
            context.TryLoad(result, out EffectiveSettings? settings)
                ? Explain(context.Terminal, settings, (result.GetValue(verb)!, result.GetValue(key)!))
                : ExitCodes.Failed);
        return command;
    }

    private static int Explain(Terminal terminal, EffectiveSettings settings, (string Verb, string Key) request)
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

        byte[] key = Encoding.UTF8.GetBytes(request.Key);
        if (RouteExplanation.Of(MemcachedOptions.From(settings, _ => null), verb, key) is { } lines)
        {
            foreach (string line in lines)
            {
                terminal.Output.WriteLine(line);
            }

            return ExitCodes.Done;
        }

        terminal.Fail($"no route matches {request.Verb} {request.Key}");
        return ExitCodes.Failed;
    }
}
