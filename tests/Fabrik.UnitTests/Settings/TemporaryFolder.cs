namespace Fabrik.UnitTests.Settings;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Root = Directory.CreateTempSubdirectory("fabrik-settings-").FullName;

    public string Root { get; }

    public string At(params string[] parts) => Path.Join([Root, .. parts]);

    /// <summary>Takes the folder out of a text.</summary>
    public string Relative(string text) => text.Replace(Root + "/", "", StringComparison.Ordinal);

    /// <summary>Writes a file, and the folders that it needs.</summary>
    public string Write(string name, string text)
    {
        string path = At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
