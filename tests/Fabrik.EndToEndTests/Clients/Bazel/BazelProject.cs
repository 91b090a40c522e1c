using System.Globalization;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Bazel;

/// <summary>
/// A workspace of a C library, a C program, a rule that runs it and another one: six cacheable actions, none of which
/// needs anything from the network.
/// </summary>
internal sealed class BazelProject : ISampleProject
{
    private readonly BazelDoor _door;
    private readonly string[] _options;
    private int _version;

    public BazelProject(BazelDoor door, params string[] options)
    {
        (_door, _options) = (door, options);
        Workspace = new BazelWorkspace(static workspace => Rules(GateOf(workspace)));
        Gate = new Gate(GateOf(Workspace));
        Workspace.Write("lib.h", "int version(void);\n");
        Workspace.WriteProgram("check.sh", "#!/bin/sh\ngrep -q WORDS shout.txt\n");
        ChangeSources();
    }

    public BazelWorkspace Workspace { get; }

    public int Steps => 6;

    // An answer for each action, and the file of each target. What each of the two compilations found to depend on is
    // inside the answers of gRPC, and beside those of HTTP.
    public int ReadsPerBuild => Steps + Targets.Length + (_door == BazelDoor.Grpc ? 0 : 2);

    // What is inside an answer has been read for it.
    public int ReadsOfNextLayer => Steps + Targets.Length + 2;

    public string MetricsLabel => "bazel";

    public Gate Gate { get; }

    /// <summary>What is built: what is not named may stay in the cache.</summary>
    public static string[] Targets => [":shout", ":last"];

    public Task<BuildResult> BuildAsync(CacheAccess cache) =>
        Workspace.RunAsync("build", [.. BazelWorkspace.Remote(_door, cache), .. _options, .. Targets]);

    public void Clean() => Workspace.Clean();

    public void ChangeSources()
    {
        _version++;
        var text = _version.ToString(CultureInfo.InvariantCulture);
        Workspace.Write("words.txt", $"words {text}");
        Workspace.Write("lib.c", $"#include \"lib.h\"\nint version(void) {{ return {text}; }}\n");
        Workspace.Write(
            "main.c",
            "#include <stdio.h>\n#include \"lib.h\"\n"
            + $"int main(void) {{ printf(\"%d\", version()); return version() - {text}; }}\n");
    }

    public void VerifyOutputs()
    {
        Assert.Equal($"WORDS {_version}", Workspace.Output("shout.txt"));
        Assert.Equal($"{_version} WORDS {_version}", Workspace.Output("last.txt"));
    }

    public void Dispose() => Workspace.Dispose();

    private static string GateOf(BazelWorkspace workspace) => Path.Combine(workspace.Folder, "gate");

    private static string Rules(string gate) =>
        $$"""
        genrule(name = "shout", srcs = ["words.txt"], outs = ["shout.txt"], cmd = "tr a-z A-Z < $< > $@")
        cc_library(name = "lib", srcs = ["lib.c"], hdrs = ["lib.h"], linkstatic = True)
        cc_binary(name = "program", srcs = ["main.c"], deps = [":lib"])
        sh_test(name = "check", size = "small", srcs = ["check.sh"], data = [":shout"])
        genrule(
            name = "last",
            srcs = [":program", ":shout"],
            outs = ["last.txt"],
            cmd = '''{{Gate.ShellStep(gate).Replace("$", "$$", StringComparison.Ordinal)}}
                { $(location :program); printf ' '; cat $(location :shout); } > $@''',
        )
        """;
}
