using Fabrik.Activation;
using Fabrik.Testing;
using Fabrik.UnitTests.Settings;

namespace Fabrik.UnitTests.Activation;

/// <summary>State folders of the test's own, and small programs in the place of daemons.</summary>
internal sealed class ActivationFixture : IAsyncDisposable
{
    public const string Id = "0123456789abcdef";
    public const string OtherId = "fedcba9876543210";
    public const string Word = "a-word";

    // What a daemon does, and a line for each that was started. It does not outlive a test that was killed for long.
    private const string Daemon = """
        cd "$1" && echo started >> starts && echo $$ > pid && echo "$2" > config_path.txt && echo a-word > instance &&
        echo '{"http":1234,"health":1235}' > ports.tmp && mv ports.tmp ports.json && exec sleep 60
        """;

    private readonly List<int> _started = [];

    public ActivationFixture() => Folders = new DaemonFolders(Temporary.At("daemons"));

    public static bool HasShell => File.Exists("/bin/sh");

    public TemporaryFolder Temporary { get; } = new();

    public DaemonFolders Folders { get; }

    public DaemonFolder Folder => Folders.Of(Id);

    public string ConfigPath => Temporary.At("fabrik.toml");

    public EagerClock Clock { get; } = new();

    public string[] Starts => File.ReadAllLines(Path.Join(Folder.Path, "starts"));

    public static DaemonState State(int processId, string configPath = "") => new()
    {
        Id = Id,
        ProcessId = processId,
        Instance = Word,
        ConfigPath = configPath,
        Ports = new Dictionary<string, int>(StringComparer.Ordinal) { ["http"] = 1234, ["health"] = 1235 },
    };

    public static DaemonStarter Starter(ActivationFixture fixture, IDaemonProbe? probe = null) =>
        new(fixture.Folders, probe ?? new PidProbe(), fixture.Clock);

    public DaemonStartOptions Options(string? script = null) => new()
    {
        Command = ["/bin/sh", "-c", script ?? Daemon, "sh", Folder.Path, ConfigPath],
        ConfigPath = ConfigPath,
        Patience = TimeSpan.FromDays(100),
    };

    public async Task<DaemonStart> EnsureAsync(IDaemonProbe? probe = null)
    {
        DaemonStart start = await Starter(this, probe).EnsureAsync(Id, Options(), CancellationToken.None);
        Track(start);
        return start;
    }

    public void Track(DaemonStart start)
    {
        if (start is { WasRunning: false, State: { } state })
        {
            _started.Add(state.ProcessId);
        }
    }

    /// <summary>Starts a program that does nothing for a while.</summary>
    public int StartIdle()
    {
        int processId = DetachedProcess.Start(["/bin/sh", "-c", "exec sleep 60"], Temporary.At("idle.log"));
        _started.Add(processId);
        return processId;
    }

    /// <summary>The number of a process that has ended, and is buried.</summary>
    public async Task<int> EndedAsync()
    {
        int processId = DetachedProcess.Start(["/bin/sh", "-c", "exit 0"], Temporary.At("ended.log"));
        await BuryAsync(processId);
        return processId;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (int processId in _started)
        {
            ProcessTable.Terminate(processId);
            await BuryAsync(processId);
        }

        Temporary.Dispose();
    }

    public static Task BuryAsync(int processId) => Wait.UntilAsync(() => DetachedProcess.HasEnded(processId));

    /// <summary>Believes a process that lives.</summary>
    private sealed class PidProbe : IDaemonProbe
    {
        public Task<bool> IsAliveAsync(DaemonState state, CancellationToken cancellationToken) =>
            Task.FromResult(ProcessTable.IsAlive(state.ProcessId));
    }
}
