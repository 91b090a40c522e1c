using System.Globalization;
using System.Text.RegularExpressions;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Gradle;

/// <summary>A Java library with a task of its own: three cacheable steps. Needs no plugin from the network.</summary>
internal sealed partial class GradleProject : ISampleProject
{
    // A cold JVM that compiles the build script, on a machine that is busy with other tests.
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    // The build cache is switched off for the rest of the build by anything that the client does not expect.
    private const string Settings =
        """
        rootProject.name = 'sample'
        def given = gradle.startParameter.projectProperties
        buildCache {
            local { enabled = false }
            remote(HttpBuildCache) {
                url = given.cacheUrl
                push = true
                credentials { username = 'fabrik'; password = given.cacheToken }
            }
        }
        """;

    private const string Script =
        """
        @CacheableTask
        class Shout extends DefaultTask {
            @InputFile @PathSensitive(PathSensitivity.NONE) File source
            @OutputFile File target
            @TaskAction void shout() { target.text = source.text.toUpperCase() }
        }

        @CacheableTask
        class GatedShout extends Shout {
            @Internal File gate
            @TaskAction void waitForGate() {
                if (!new File(gate, 'closed').exists()) { return }
                new File(gate, 'reached').text = ''
                for (int i = 0; i < 2400 && new File(gate, 'closed').exists(); i++) { sleep(50) }
            }
        }

        apply plugin: 'java'
        task shout(type: Shout) {
            source = file('src/words.txt')
            target = file("$buildDir/shout/words.txt")
        }
        compileJava { dependsOn shout }
        task last(type: GatedShout) {
            dependsOn compileJava
            source = file('src/more.txt')
            target = file("$buildDir/last/more.txt")
            gate = file('gate')
        }
        """;

    private readonly Sandbox _sandbox = new();
    private readonly string _gradle = Tools.OnPath("gradle", "apt-get install gradle openjdk-17-jdk-headless");
    private readonly string _javaHome = Tools.Jdk17("apt-get install openjdk-17-jdk-headless");
    private int _version;

    public GradleProject()
    {
        _sandbox.Write("project/settings.gradle", Settings);
        _sandbox.Write("project/build.gradle", Script);
        Gate = new Gate(_sandbox.In("project/gate"));
        ChangeSources();
    }

    public int Steps => 3;

    public int ReadsPerBuild => 3;

    public string MetricsLabel => "gradle";

    public Gate Gate { get; }

    public async Task<BuildResult> BuildAsync(CacheAccess cache)
    {
        string[] arguments =
        [
            "--no-daemon", "--build-cache", "--console=plain",
            "--gradle-user-home", _sandbox.In("gradle-home"), "--project-cache-dir", _sandbox.In("project-cache"),
            $"-PcacheUrl={new Uri(cache.Address, "/cache/")}", $"-PcacheToken={cache.Token}",
            "last",
        ];
        var environment = _sandbox.EnvironmentWith(
            ("JAVA_HOME", _javaHome), ("GRADLE_OPTS", "-XX:TieredStopAtLevel=1"));
        var command = new CommandLine(_gradle, arguments)
        {
            Directory = _sandbox.In("project"),
            Environment = environment,
        };
        var run = await ChildProcess.RunAsync(command, BuildLimit);
        return new BuildResult(run, FromCache().Count(run.Output));
    }

    public void Clean()
    {
        foreach (var folder in new[] { "project/build", "project-cache" })
        {
            if (Directory.Exists(_sandbox.In(folder)))
            {
                Directory.Delete(_sandbox.In(folder), recursive: true);
            }
        }
    }

    public void ChangeSources()
    {
        _version++;
        var text = _version.ToString(CultureInfo.InvariantCulture);
        _sandbox.Write("project/src/words.txt", $"words {text}");
        _sandbox.Write("project/src/more.txt", $"more {text}");
        _sandbox.Write(
            "project/src/main/java/Sample.java", $"public class Sample {{ int version() {{ return {text}; }} }}");
    }

    public void VerifyOutputs()
    {
        Assert.Equal($"WORDS {_version}", File.ReadAllText(_sandbox.In("project/build/shout/words.txt")));
        Assert.Equal($"MORE {_version}", File.ReadAllText(_sandbox.In("project/build/last/more.txt")));
        Assert.True(File.Exists(_sandbox.In("project/build/classes/java/main/Sample.class")));
    }

    public void Dispose() => _sandbox.Dispose();

    [GeneratedRegex("^:[a-zA-Z]+ FROM-CACHE$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FromCache();
}
