using Fabrik.Activation;
using Fabrik.Settings.Schema;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Activation;

public sealed class DaemonFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly DaemonFolder _folder;

    public DaemonFolderTests()
    {
        _folder = new DaemonFolders(_temporary.Root).Of(ActivationFixture.Id);
        _folder.Create();
    }

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Read_OfWhatWasWritten_GivesItBack()
    {
        DaemonState state = ActivationFixture.State(42, "/etc/größe.toml");
        _folder.Write(state);
        DaemonState read = _folder.Read()!;
        Assert.Equal(state with { Ports = read.Ports }, read);
        Assert.Equal(state.Ports, read.Ports);
        Assert.Equal(("http://127.0.0.1:1234/", "http://127.0.0.1:1235/"), ($"{read.HttpUrl}", $"{read.HealthUrl}"));
    }

    [Fact]
    public void Files_OfAState_AreWhatAShellReads()
    {
        _folder.Write(ActivationFixture.State(42, "/etc/fabrik.toml"));
        Assert.Equal("42\n", File.ReadAllText(At("pid")));
        Assert.Equal("/etc/fabrik.toml\n", File.ReadAllText(At("config_path.txt")));
        Assert.Equal($"{ActivationFixture.Word}\n", File.ReadAllText(At("instance")));
        Assert.Equal("""{"http":1234,"health":1235}""", File.ReadAllText(At("ports.json")));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"http\"")]
    [InlineData("{\"http\":12")]
    [InlineData("{\"http\":\"1234\"}")]
    [InlineData("{\"http\":-1}")]
    [InlineData("{\"http\":0}")]
    [InlineData("{\"http\":65536}")]
    [InlineData("{\"http\":1.5}")]
    [InlineData("{\"\\ud800\":1234}")]
    [InlineData("\0\0\0\0")]
    public void Read_OfGarbageInPorts_IsNothing(string ports)
    {
        _folder.Write(ActivationFixture.State(42));
        File.WriteAllText(At("ports.json"), ports);
        Assert.Null(_folder.Read());
    }

    [Fact]
    public void Read_OfRandomBytesInPorts_NeverThrows()
    {
        const int Seed = 20_300_102;
        Random random = new(Seed);
        _folder.Write(ActivationFixture.State(42));
        byte[] good = File.ReadAllBytes(At("ports.json"));
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = [.. good];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(At("ports.json"), damaged[..random.Next(damaged.Length + 1)]);
            Exception? thrown = Record.Exception(() => _folder.Read());
            Assert.True(thrown is null, $"seed {Seed}, iteration {i}: {thrown}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("-5")]
    [InlineData("99999999999")]
    [InlineData("42 43")]
    public void Read_OfGarbageInPid_IsNothing(string pid)
    {
        _folder.Write(ActivationFixture.State(42));
        File.WriteAllText(At("pid"), pid);
        Assert.Null(_folder.Read());
    }

    [Theory]
    [InlineData("ports.json")]
    [InlineData("pid")]
    public void Read_WithoutAFile_IsNothing(string name)
    {
        _folder.Write(ActivationFixture.State(42));
        File.Delete(At(name));
        Assert.Null(_folder.Read());
    }

    [Fact]
    public void Read_OfAFileWithoutEnd_IsNothing()
    {
        _folder.Write(ActivationFixture.State(42));
        File.WriteAllText(At("ports.json"), """{"http":1234}""" + new string(' ', 20_000));
        Assert.Null(_folder.Read());
    }

    [Fact]
    public void Read_OfAFolderThatIsNotThere_IsNothing() =>
        Assert.Null(new DaemonFolder(_temporary.At("none"), ActivationFixture.Id).Read());

    [Fact]
    public void Clear_OfAState_LeavesTheLog()
    {
        _folder.Write(ActivationFixture.State(42));
        File.WriteAllText(_folder.LogPath, "last words");
        _folder.Clear();
        _folder.Clear();
        Assert.Equal([_folder.LogPath], Directory.GetFiles(_folder.Path), StringComparer.Ordinal);
    }

    [Fact]
    public void Create_OfAFolder_IsForItsUserOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes");
            return;
        }

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(Owner, File.GetUnixFileMode(_folder.Path));
    }

    [Fact]
    public void All_OfTheFolders_AreThoseWithAnIdForAName()
    {
        DaemonFolders folders = new(_temporary.Root);
        foreach (string name in (string[])[ActivationFixture.OtherId, "0123456789ABCDEF", "0123", "0123456789abcdeg"])
        {
            Directory.CreateDirectory(_temporary.At(name));
        }

        File.WriteAllText(_temporary.At("00000000000000aa"), "a file");
        Assert.Equal(
            [ActivationFixture.Id, ActivationFixture.OtherId],
            folders.All().Select(folder => folder.Id),
            StringComparer.Ordinal);
        Assert.Empty(new DaemonFolders(_temporary.At("none")).All());
    }

    [Fact]
    public void Of_AnEnvironment_IsBelowTheStateHome()
    {
        SettingsEnvironment environment = new(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["XDG_STATE_HOME"] = _temporary.Root,
        });
        Assert.Equal(
            _temporary.At("fabrik", "daemons", ActivationFixture.Id),
            DaemonFolders.Of(environment).Of(ActivationFixture.Id).Path);
    }

    private string At(string name) => Path.Join(_folder.Path, name);
}
