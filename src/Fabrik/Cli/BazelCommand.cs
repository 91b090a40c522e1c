using System.CommandLine;
using Fabrik.Activation;
using Fabrik.Composition;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Wrapping;
using Fabrik.Wrapping.Bazel;

namespace Fabrik.Cli;

/// <summary><c>fabrik bazel -- …</c>: runs Bazel with this user's cache.</summary>
internal static class BazelCommand
{
    private const string ProgramVariable = "FABRIK_BAZEL";

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Argument<string[]> words = new("arguments")
        {
            Description = "Bazel's arguments, behind \"--\".",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Command command = new("bazel", "Run Bazel with this user's cache: fabrik bazel -- build //...") { words };
        command.SetAction((result, _) => RunAsync(context, new WrapperCommand(context, result)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, WrapperCommand wrapper)
    {
        if (WrapperCommand.WordsOf(context) is not { } words)
        {
            return wrapper.FailUsage("fabrik bazel [flags] -- build //...");
        }

        SettingsEnvironment variables = wrapper.Variables;
        string[] names = variables.Find(ProgramVariable) is { } given ? [given] : ["bazel", "bazelisk"];
        if (ProgramPath.Find(variables, names) is not { } program)
        {
            return wrapper.FailMissing(
                $"{string.Join(", ", names)}: expected a program on PATH or in {ProgramVariable}, found none");
        }

        BazelInvocation invocation = BazelInvocation.Of(words, Environment.CurrentDirectory, variables);
        if (invocation.SetBy is { } other)
        {
            context.Terminal.Say($"Bazel keeps the cache that is set by {other}");
        }

        if (!invocation.TakesCache)
        {
            return await wrapper.RunPlainAsync(program, words);
        }

        string? rcFile = null;
        try
        {
            return await wrapper.RunAsync(program, words, (daemon, settings) =>
            {
                WrappedWords with = Words(wrapper, invocation, (daemon, settings), out rcFile);
                return with.Arguments.Count == 0 ? with with { Arguments = words } : with;
            });
        }
        finally
        {
            if (rcFile is not null)
            {
                File.Delete(rcFile);
            }
        }
    }

    // No arguments where the daemon has no door for Bazel.
    private static WrappedWords Words(
        WrapperCommand wrapper,
        BazelInvocation invocation,
        (CommandDaemon Daemon, EffectiveSettings Settings) with,
        out string? rcFile)
    {
        rcFile = null;
        IReadOnlyDictionary<string, int> ports = with.Daemon.State.Ports;
        Dictionary<string, string> none = new(StringComparer.Ordinal);
        if (!with.Settings.Get(BuildToolsSettings.Enabled).Contains("bazel", StringComparer.Ordinal)
            || (ClientEnvironment.AddressOf(ports, "grpc", "grpc")
                ?? ClientEnvironment.AddressOf(ports, "http", "http")) is not { } cache)
        {
            wrapper.Warn($"{BuildToolsSettings.Enabled.Key} has no \"bazel\"");
            return new WrappedWords([], none);
        }

        List<string> problems = [];
        string? token = ClientToken.Of(with.Settings, problems);
        if (token is null && with.Settings.Get(AuthSettings.Required))
        {
            // Bazel before 7 would end with an error at the first answer.
            wrapper.Warn(problems.FirstOrDefault()
                ?? $"{AuthSettings.Required.Key} is true, and neither {AuthSettings.TokenFile.Key} nor "
                    + $"{AuthSettings.Token.Key} is set");
            return new WrappedWords([], none);
        }

        if (token is not null && invocation.TakesRcFiles)
        {
            rcFile = WriteRcFile(with.Daemon.Folder, BazelInvocation.HeaderLine(token));
        }

        return new WrappedWords(invocation.With(cache, token, rcFile), none);
    }

    // Arguments are for every user of the machine to see.
    private static string WriteRcFile(string folder, string text)
    {
        string path = Path.Join(folder, $"bazel-{Environment.ProcessId}.bazelrc");
        File.Delete(path);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using StreamWriter writer = new(path, options);
        writer.Write(text);
        return path;
    }
}
