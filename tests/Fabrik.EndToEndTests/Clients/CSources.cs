using System.Globalization;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Clients;

/// <summary>
/// A program of two C files, and the script that builds it with a wrapped compiler. It has no header of its own:
/// ccache distrusts one that was written in the instant of the build, and would read other entries for it.
/// </summary>
internal sealed class CSources
{
    private readonly Sandbox _sandbox;
    private int _version;

    public CSources(Sandbox sandbox)
    {
        Tools.OnPath("gcc", "apt-get install gcc libc6-dev");
        _sandbox = sandbox;
        Gate = new Gate(sandbox.In("gate"));
        Script = sandbox.Write("project/build.sh", BuildScript(sandbox.In("gate")));
        Change();
    }

    /// <summary>How many compilations there are.</summary>
    public static int Files => 2;

    public Gate Gate { get; }

    /// <summary>Its arguments are the command that the compiler is wrapped with.</summary>
    public string Script { get; }

    public string Folder => _sandbox.In("project");

    public void Change()
    {
        _version++;
        var version = _version.ToString(CultureInfo.InvariantCulture);
        _sandbox.Write("project/lib.c", $"int version(void) {{ return {version}; }}\n");
        _sandbox.Write(
            "project/main.c",
            $$"""
            #include <stdio.h>
            int version(void);
            int main(void) { printf("{{version}} of %d", version()); return 0; }
            """);
    }

    public void Clean()
    {
        if (Directory.Exists(_sandbox.In("project/out")))
        {
            Directory.Delete(_sandbox.In("project/out"), recursive: true);
        }
    }

    /// <summary>Throws unless the program was built of the present sources, and ran.</summary>
    public void Verify() => Assert.Equal(
        string.Create(CultureInfo.InvariantCulture, $"{_version} of {_version}"),
        File.ReadAllText(_sandbox.In("project/out/said.txt")));

    private static string BuildScript(string gate) =>
        $"""
        set -e
        mkdir -p out
        "$@" gcc -O1 -c lib.c -o out/lib.o
        {Gate.ShellStep(gate)}
        "$@" gcc -O1 -c main.c -o out/main.o
        gcc out/lib.o out/main.o -o out/program
        out/program > out/said.txt

        """;
}
