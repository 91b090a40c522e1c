using System.CommandLine;
using System.CommandLine.Parsing;
using Fabrik.Settings.Values;

namespace Fabrik.Cli;

/// <summary>What is wrong with a command line, in a line or two: the help is long, and hides the reason.</summary>
internal static class UsageErrors
{
    /// <summary>Says what is wrong, and where to read on.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Terminal terminal, ParseResult parsed)
    {
        foreach (string problem in Problems(parsed))
        {
            terminal.Fail(problem);
        }

        terminal.Say($"see {PathOf(parsed.CommandResult)} --help");
        return ExitCodes.Usage;
    }

    private static IEnumerable<string> Problems(ParseResult parsed)
    {
        // After a word that nobody knows, the library takes what follows for wrong too.
        if (parsed.UnmatchedTokens is [string unknown, ..])
        {
            return [Unknown(unknown, parsed.CommandResult.Command)];
        }

        IEnumerable<string> missing = parsed.CommandResult.Command.Subcommands.Select(command => command.Name);
        return parsed.CommandResult.Command.Action is null
            ? [$"expected a command: {string.Join(", ", missing)}"]
            : parsed.Errors.Select(error => OneLine(error.Message));
    }

    private static string Unknown(string word, Command command)
    {
        bool isOption = word.StartsWith('-');
        IEnumerable<Symbol> known = isOption ? command.Options : command.Subcommands;
        string? meant = Suggestion.Nearest(
            word, known.Where(symbol => !symbol.Hidden).Select(symbol => symbol.Name));
        string what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return $"{word}: unknown {what}{(meant is null ? "" : $"; did you mean \"{meant}\"?")}";
    }

    private static string OneLine(string message) =>
        string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string PathOf(CommandResult result)
    {
        IEnumerable<string> names = [result.Command.Name];
        for (SymbolResult? parent = result.Parent; parent is CommandResult above; parent = above.Parent)
        {
            names = names.Prepend(above.Command.Name);
        }

        return string.Join(' ', names);
    }
}
