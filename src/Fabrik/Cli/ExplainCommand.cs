using System.CommandLine;
using Fabrik.StoreAccess;

namespace Fabrik.Cli;

/// <summary><c>fabrik explain</c>: says why a build did not find something in the cache.</summary>
internal static class ExplainCommand
{
    private const string Expected = "the digest of an action (64 hexadecimal digits, with or without its size) "
        + "or a target (//package:name)";

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) =>
        new("explain", "Say why a build found something in the cache, or did not.") { Bazel(context) };

    private static Command Bazel(CommandContext context)
    {
        Argument<string?> what = new("action-or-target")
        {
            Description = "The digest of an action, or a target; nothing for counts. Bazel tells digests with "
                + "--execution_log_json_file=FILE (\"digest\") and --remote_grpc_log=FILE.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> invocation = new("--invocation")
        {
            Description = "Only what one run of Bazel asked for: the invocation id that it prints.",
            HelpName = "ID",
        };
        Option<string[]> compared = new("--diff")
        {
            Description = "Say what differs between two actions and their results: two digests.",
            HelpName = "DIGEST DIGEST",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        Option<bool> json = new("--json") { Description = "Print JSON." };
        Command command = new(
            "bazel", "Ask the process that serves this configuration what it knows of an action or a target.")
        {
            what, compared, invocation, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            string[] words = result.GetValue(compared) is { Length: > 0 } two ? two : [result.GetValue(what) ?? ""];
            ExplainQuestion[] questions = new ExplainQuestion[words.Length];
            for (int i = 0; i < words.Length; i++)
            {
                if (!TryRead(words[i], out questions[i]) || (words.Length > 1 && questions[i].Action.Length == 0))
                {
                    context.Terminal.Fail(words.Length > 1
                        ? $"--diff: expected the digests of two actions, found \"{words[i]}\""
                        : $"action-or-target: expected {Expected}, found \"{words[i]}\"");
                    return Task.FromResult(ExitCodes.Usage);
                }
            }

            ExplainRun run = new(context, result, result.GetValue(json));
            questions[0] = questions[0] with { Invocation = result.GetValue(invocation) ?? "" };
            return questions is [var first, var second]
                ? run.CompareAsync(new CompareQuestion(first.Action, second.Action), cancellationToken)
                : run.ExplainAsync(questions[0], cancellationToken);
        });
        return command;
    }

    /// <summary>Reads what a person may give: a digest in any of the usual spellings, or a label.</summary>
    internal static bool TryRead(string text, out ExplainQuestion question)
    {
        question = new ExplainQuestion();
        if (text.Length == 0)
        {
            return true;
        }

        if (text.Contains("//", StringComparison.Ordinal))
        {
            question = new ExplainQuestion { Target = text };
            return true;
        }

        int end = text.IndexOfAny(['/', ':']);
        string hash = end < 0 ? text : text[..end];
        bool isHash = hash.Length == 64 && hash.All(char.IsAsciiHexDigit)
            && (end < 0 || (end < text.Length - 1 && text[(end + 1)..].All(char.IsAsciiDigit)));
        question = new ExplainQuestion { Action = hash };
        return isHash;
    }
}
