namespace Fabrik.Wrapping.Bazel;

/// <summary>
/// A command line of Bazel: startup options, the command, and what the command is given. Nothing in it is changed or
/// moved; options are only added.
/// </summary>
internal sealed class BazelCommandLine
{
    // Startup options whose value may be an argument of its own (https://bazel.build/reference/command-line-reference).
    private static readonly HashSet<string> WithValue = new(StringComparer.Ordinal)
    {
        "--bazelrc", "--command_port", "--connect_timeout_secs", "--digest_function", "--experimental_cgroup_parent",
        "--failure_detail_out", "--host_jvm_args", "--install_base", "--invocation_policy", "--io_nice_level",
        "--local_startup_timeout_secs", "--macos_qos_class", "--max_idle_secs", "--output_base",
        "--output_user_root", "--server_javabase", "--unix_digest_hash_attribute_name",
    };

    // The commands that run actions, each with those whose options in rc files it takes too.
    private static readonly Dictionary<string, string[]> Building = new(StringComparer.Ordinal)
    {
        ["build"] = ["build"],
        ["test"] = ["test", "build"],
        ["run"] = ["run", "build"],
        ["coverage"] = ["coverage", "test", "build"],
        ["mobile-install"] = ["mobile-install", "build"],
    };

    private readonly IReadOnlyList<string> _arguments;
    private readonly int _command;

    private BazelCommandLine(IReadOnlyList<string> arguments, int command)
    {
        (_arguments, _command) = (arguments, command);
    }

    /// <summary>The command; null where there is none.</summary>
    public string? Command => _command < _arguments.Count ? _arguments[_command] : null;

    /// <summary>Whether the command runs actions, whose results a cache keeps.</summary>
    public bool Builds => Command is { } command && Building.ContainsKey(command);

    /// <summary>The sections of rc files that hold for the command.</summary>
    public IEnumerable<string> RcSections =>
        ["always", "common", .. Command is { } command ? Building.GetValueOrDefault(command, [command]) : []];

    /// <summary>What stands before the command.</summary>
    public IReadOnlyList<string> StartupOptions => [.. _arguments.Take(_command)];

    /// <summary>What the command is given, up to what it passes on to a program.</summary>
    public IReadOnlyList<string> Options =>
        [.. _arguments.Skip(_command + 1).TakeWhile(argument => argument != "--")];

    /// <summary>Finds the parts of a command line.</summary>
    public static BazelCommandLine Parse(IReadOnlyList<string> arguments)
    {
        int i = 0;
        while (i < arguments.Count && arguments[i].StartsWith('-'))
        {
            i += WithValue.Contains(arguments[i]) ? 2 : 1;
        }

        return new BazelCommandLine(arguments, Math.Min(i, arguments.Count));
    }

    /// <summary>The command line with further options, which may be overridden by those that are there.</summary>
    /// <param name="startup">Options before all others.</param>
    /// <param name="options">Options right after the command.</param>
    public IReadOnlyList<string> With(IEnumerable<string> startup, IEnumerable<string> options) =>
        [.. startup, .. _arguments.Take(_command + 1), .. options, .. _arguments.Skip(_command + 1)];

    /// <summary>Whether an option is among some words, with a value of its own or behind it.</summary>
    public static bool Has(IEnumerable<string> words, string option) =>
        words.Any(word => word == option || IsWithValue(word, option));

    /// <summary>The values that an option has among some words.</summary>
    public static IEnumerable<string> ValuesOf(IReadOnlyList<string> words, string option)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (IsWithValue(words[i], option))
            {
                yield return words[i][(option.Length + 1)..];
            }
            else if (words[i] == option && i + 1 < words.Count)
            {
                yield return words[++i];
            }
        }
    }

    private static bool IsWithValue(string word, string option) =>
        word.StartsWith(option, StringComparison.Ordinal) && word.Length > option.Length && word[option.Length] == '=';
}
