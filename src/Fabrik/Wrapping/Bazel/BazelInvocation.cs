using Fabrik.Settings.Schema;

namespace Fabrik.Wrapping.Bazel;

/// <summary>What <c>fabrik bazel</c> makes of a command line.</summary>
internal sealed class BazelInvocation
{
    private static readonly string[] CacheOptions = ["--remote_cache", "--remote_executor"];

    private readonly BazelCommandLine _line;

    private BazelInvocation(BazelCommandLine line, string? setBy) => (_line, SetBy) = (line, setBy);

    /// <summary>
    /// Who has chosen a cache already, for a sentence; null where nobody has. Their choice stays in force.
    /// </summary>
    public string? SetBy { get; }

    /// <summary>Whether it should be given Fabrik's cache: it builds, and nobody has chosen another one.</summary>
    public bool TakesCache => _line.Builds && SetBy is null;

    /// <summary>Whether options can be given in a rc file, out of sight of those who list processes.</summary>
    public bool TakesRcFiles => !_line.StartupOptions.Contains("--ignore_all_rc_files", StringComparer.Ordinal);

    /// <summary>Looks at a command line and at the rc files that go with it.</summary>
    public static BazelInvocation Of(
        IReadOnlyList<string> arguments, string directory, SettingsEnvironment environment)
    {
        BazelCommandLine line = BazelCommandLine.Parse(arguments);
        if (!line.Builds)
        {
            return new BazelInvocation(line, null);
        }

        if (CacheOptions.FirstOrDefault(option => BazelCommandLine.Has(line.Options, option)) is { } given)
        {
            return new BazelInvocation(line, $"{given} on the command line");
        }

        BazelRcFiles files = BazelRcFiles.Read(line, directory, environment);
        string? inFile = CacheOptions.FirstOrDefault(option => files.Sets(option, line));
        return new BazelInvocation(line, inFile is null ? null : $"{inFile} in a .bazelrc");
    }

    /// <summary>The arguments with the cache.</summary>
    /// <param name="cache">The address: <c>grpc://…</c> or <c>http://…</c>.</param>
    /// <param name="token">What is shown there; null for nothing.</param>
    /// <param name="rcFile">A file that has the token (<see cref="HeaderLine"/>); null where there is none.</param>
    public IReadOnlyList<string> With(string cache, string? token, string? rcFile) => _line.With(
        rcFile is null ? [] : [$"--bazelrc={rcFile}"],
        token is null || rcFile is not null
            ? [$"--remote_cache={cache}"]
            : [$"--remote_cache={cache}", $"--remote_header=authorization=Bearer {token}"]);

    /// <summary>The line of a rc file by which every command that builds shows a token.</summary>
    public static string HeaderLine(string token) => $"build \"--remote_header=authorization=Bearer {token}\"\n";
}
