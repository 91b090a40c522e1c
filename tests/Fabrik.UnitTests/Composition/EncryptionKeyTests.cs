using Fabrik.Composition;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Composition;

public sealed class EncryptionKeyTests : IDisposable
{
    private const string Base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Hexadecimal = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";

    private static readonly string Key = Hexadecimal.ToUpperInvariant();

    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Key_ThatIsNotSet_IsEmpty() => Assert.Equal((true, "", ""), Read());

    [Theory]
    [InlineData(Base64)]
    [InlineData(Hexadecimal)]
    [InlineData("\n  " + Base64 + "\r\n")]
    public void Key_InAFile_IsRead(string text)
    {
        _fixture.Folder.Write("key", text);
        Assert.Equal((true, Key, ""), Read("--config-cache-encryption-key-file", "key"));
    }

    [Theory]
    [InlineData(Base64)]
    [InlineData(Hexadecimal)]
    public void Key_InAVariable_IsRead(string text)
    {
        _fixture.With("STORE_KEY", text);
        Assert.Equal((true, Key, ""), Read("--config-cache-encryption-key-env", "STORE_KEY"));
    }

    [Theory]
    [InlineData(" x")]
    [InlineData("not a key at all, but a sentence")]
    [InlineData("AAECAwQFBgcICQoLDA0ODw==")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1G")]
    [InlineData(Hexadecimal + "00")]
    public void Key_OfTheWrongForm_IsRefusedWithoutBeingShown(string text)
    {
        _fixture.Folder.Write("key", text);
        _fixture.With("STORE_KEY", text + " ");
        (bool fileIsRead, string key, string problem) = Read("--config-cache-encryption-key-file", "key");
        Assert.False(fileIsRead);
        Assert.Empty(key);
        Assert.Equal(
            "cache.encryption_key_file: key holds no key; expected 32 bytes in Base64 or hexadecimal",
            _fixture.Folder.Relative(problem));
        Assert.Equal(
            (false, "", "cache.encryption_key_env: the variable STORE_KEY holds no key; expected 32 bytes in Base64 "
                + "or hexadecimal"),
            Read("--config-cache-encryption-key-env", "STORE_KEY"));
    }

    [Fact]
    public void Key_InAFileThatIsMissing_SaysWhich()
    {
        (bool isRead, _, string problem) = Read("--config-cache-encryption-key-file", "gone");
        Assert.False(isRead);
        Assert.StartsWith(
            "cache.encryption_key_file: gone cannot be read: ",
            _fixture.Folder.Relative(problem),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Key_InAFileThatIsAFolder_CannotBeRead()
    {
        Directory.CreateDirectory(_fixture.Folder.At("folder"));
        (bool isRead, _, string problem) = Read("--config-cache-encryption-key-file", "folder");
        Assert.False(isRead);
        Assert.Contains("cannot be read", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_InAFileFarTooLarge_IsNotRead()
    {
        _fixture.Folder.Write("key", new string(' ', 5000) + Base64);
        Assert.False(Read("--config-cache-encryption-key-file", "key").IsRead);
    }

    [Fact]
    public void Key_InAVariableThatIsNotSet_SaysWhich() => Assert.Equal(
        (false, "", "cache.encryption_key_env: the variable NO_KEY is not set; expected 32 bytes in Base64 or "
            + "hexadecimal"),
        Read("--config-cache-encryption-key-env", "NO_KEY"));

    private (bool IsRead, string Key, string Problem) Read(params string[] arguments)
    {
        bool isRead = EncryptionKey.TryRead(
            _fixture.Load(arguments), _fixture.Sources().Environment, out byte[] key, out string problem);
        return (isRead, Convert.ToHexString(key), problem);
    }
}
