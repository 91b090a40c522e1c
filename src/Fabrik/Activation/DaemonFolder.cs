using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fabrik.Activation;

/// <summary>
/// The state folder of one daemon: <c>pid</c>, <c>ports.json</c>, <c>config_path.txt</c>, <c>instance</c>, and the log.
/// <c>ports.json</c> is written last, by a rename: where it is, the rest is whole.
/// </summary>
/// <remarks>
/// Each file holds what its name says and nothing else, so that a shell hook reads them without parsing.
/// </remarks>
internal sealed class DaemonFolder(string path, string id)
{
    private const string PidFile = "pid";
    private const string PortsFile = "ports.json";
    private const string ConfigFile = "config_path.txt";
    private const string InstanceFile = "instance";
    private const string TemporaryFile = "temporary";

    // No file of a state folder is larger; what is was not written by a daemon.
    private const int MaxFileSize = 16 * 1024;

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>The id of the configuration.</summary>
    public string Id => id;

    /// <summary>What the daemon says, when it runs in the background.</summary>
    public string LogPath => System.IO.Path.Join(path, "daemon.log");

    /// <summary>Held by the daemon for as long as it lives.</summary>
    public string OwnerLockPath => System.IO.Path.Join(path, "daemon.lock");

    /// <summary>Held by whoever starts a daemon, until it listens.</summary>
    public string StartLockPath => System.IO.Path.Join(path, "start.lock");

    /// <summary>Held together by the commands that the daemon serves (<c>fabrik bazel</c>).</summary>
    public string UsersLockPath => System.IO.Path.Join(path, "users.lock");

    /// <summary>Whether the daemon was started for a command, and ends with the last one that uses it.</summary>
    public bool IsTemporary
    {
        get => File.Exists(In(TemporaryFile));
        set
        {
            if (value)
            {
                Replace(In(TemporaryFile), []);
            }
            else
            {
                File.Delete(In(TemporaryFile));
            }
        }
    }

    /// <summary>Makes the folder, for this user only.</summary>
    public void Create()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Publishes what a daemon tells of itself.</summary>
    public void Write(DaemonState state)
    {
        Replace(In(PidFile), Encoding.UTF8.GetBytes($"{state.ProcessId}\n"));
        Replace(In(ConfigFile), Encoding.UTF8.GetBytes($"{state.ConfigPath}\n"));
        Replace(In(InstanceFile), Encoding.UTF8.GetBytes($"{state.Instance}\n"));
        Replace(In(PortsFile), PortsJson(state.Ports));
    }

    /// <summary>Reads what a daemon tells of itself; null where that is missing or damaged.</summary>
    public DaemonState? Read()
    {
        try
        {
            return ReadPorts() is { Count: > 0 } ports
                && int.TryParse(ReadText(PidFile), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                    ? new DaemonState
                    {
                        Id = id,
                        ProcessId = pid,
                        Instance = ReadText(InstanceFile),
                        ConfigPath = ReadText(ConfigFile),
                        Ports = ports,
                    }
                    : null;
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // The last of these is what a name with half of a surrogate pair gives.
            return null;
        }
    }

    /// <summary>Removes what a daemon told of itself, the ports first. The log stays.</summary>
    public void Clear()
    {
        foreach (string name in (string[])[PortsFile, PidFile, InstanceFile, ConfigFile, TemporaryFile])
        {
            File.Delete(In(name));
        }
    }

    /// <summary>Removes what one instance told of itself, unless another has taken its place since.</summary>
    public void ClearIfOf(string instance)
    {
        if (ReadText(InstanceFile) == instance)
        {
            Clear();
        }
    }

    /// <summary>The form of <c>ports.json</c>: one number for each purpose.</summary>
    public static byte[] PortsJson(IReadOnlyDictionary<string, int> ports)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            foreach ((string purpose, int port) in ports)
            {
                json.WriteNumber(purpose, port);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private Dictionary<string, int>? ReadPorts()
    {
        string text = ReadText(PortsFile);
        if (text.Length == 0)
        {
            return null;
        }

        using JsonDocument json = JsonDocument.Parse(text);
        Dictionary<string, int> ports = new(StringComparer.Ordinal);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (JsonProperty member in json.RootElement.EnumerateObject())
        {
            bool isNumber = member.Value.ValueKind == JsonValueKind.Number;
            if (isNumber && member.Value.TryGetUInt16(out ushort port) && port != 0)
            {
                ports[member.Name] = port;
            }
        }

        return ports;
    }

    private string In(string name) => System.IO.Path.Join(path, name);

    private string ReadText(string name)
    {
        string file = In(name);
        return File.Exists(file) && new FileInfo(file).Length <= MaxFileSize ? File.ReadAllText(file).Trim() : "";
    }

    /// <summary>Puts a file in place whole.</summary>
    public static void Replace(string target, ReadOnlySpan<byte> content)
    {
        string temporary = $"{target}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, target, overwrite: true);
    }
}
