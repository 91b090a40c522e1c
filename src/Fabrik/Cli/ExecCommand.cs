using System.CommandLine;
using Fabrik.Composition;
using Fabrik.Settings.Schema;
using Fabrik.Wrapping;

namespace Fabrik.Cli;

/// <summary>
/// <c>fabrik exec -- PROGRAM …</c>: runs any program with the variables set by which build tools find the cache.
/// </summary>
internal static class ExecCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Argument<string[]> words = new("command")
        {
            Description = "The program and its arguments, behind \"--\".",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Command command = new("exec", "Run a command whose build tools find this user's cache: fabrik exec -- make")
        {
            words,
        };
        command.SetAction((result, _) => RunAsync(context, new WrapperCommand(context, result)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, WrapperCommand wrapper)
    {
        if (WrapperCommand.WordsOf(context) is not [string name, .. var arguments])
        {
            return wrapper.FailUsage("fabrik exec [flags] -- make all");
        }

        SettingsEnvironment variables = wrapper.Variables;
        if (ProgramPath.Find(variables, name) is not { } program)
        {
            return wrapper.FailMissing($"{name}: expected a program on PATH, found none");
        }

        return await wrapper.RunAsync(program, arguments, (daemon, settings) =>
        {
            List<string> problems = [];
            string? token = ClientToken.Of(settings, problems);
            problems.ForEach(wrapper.Warn);
            return new WrappedWords(arguments, ClientEnvironment.Of(
                daemon.State.Ports, settings.Get(BuildToolsSettings.Enabled), token, variables.Variables));
        });
    }
}
