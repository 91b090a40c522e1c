using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fabrik.Cli;
using Fabrik.Server.Auth;
using Fabrik.UnitTests.Server.Auth;
using Xunit;

namespace Fabrik.UnitTests.Cli;

public sealed class AuthCommandTests : IAsyncDisposable
{
    private readonly AuthFixture _fixture = new();

    private string Folder => _fixture.Folder.Root;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task KeygenAndToken_Together_MakeATokenThatTheServerTakes(string algorithm)
    {
        Assert.Equal(0, Run("keygen", "--algorithm", algorithm, "--out", Folder, "--kid", "2030-a").Code);
        var (code, output, errors) = Run(
            "token", "--key", Path.Join(Folder, "2030-a.key"), "--kid", "2030-a", "--subject", "ci",
            "--permissions", "read,cache:write,admin", "--issuer", "us", "--audience", "them", "--claim", "project=p1");
        Assert.Equal((0, ""), (code, errors));
        AuthOptions options = new()
        {
            PublicKeyDirectory = Folder,
            Issuer = "us",
            Audience = ["them"],
            TenantClaim = "project",
        };
        var principal = Expect.LetIn(await _fixture.DecideAsync(output.TrimEnd('\n'), options));
        Assert.Equal("ci", principal.Subject);
        Assert.Equal("p1", principal.Tenant);
        Assert.Equal(Permissions.Read | Permissions.Write | Permissions.Admin, principal.Permissions);
    }

    [Fact]
    public void Keygen_Files_HaveTheirModesAndAreNotReplacedUnlessForced()
    {
        Assert.Equal(0, Run("keygen", "--out", Folder).Code);
        var (key, pem) = (Path.Join(Folder, "fabrik.key"), Path.Join(Folder, "fabrik.pem"));
        AssertOwnerOnly(key);
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----\n", File.ReadAllText(pem));
        var before = File.ReadAllText(key);

        var (code, _, errors) = Run("keygen", "--out", Folder);
        Assert.Equal(1, code);
        Assert.Equal($"[fabrik] --out: {key} is there already; --force replaces it\n", errors);
        Assert.Equal(before, File.ReadAllText(key));

        Assert.Equal(0, Run("keygen", "--out", Folder, "--force").Code);
        Assert.DoesNotContain(before, File.ReadAllText(key));
        AssertOwnerOnly(key);
    }

    [Fact]
    public void Keygen_OnlyThePublicFileIsThere_IsRefusedAndWritesNothing()
    {
        _fixture.Folder.Write("fabrik.pem", "mine");
        Assert.Equal(1, Run("keygen", "--out", Folder).Code);
        Assert.Equal([_fixture.Folder.At("fabrik.pem")], Directory.GetFiles(Folder));
    }

    [Theory]
    [InlineData("--algorithm", "none")]
    [InlineData("--algorithm", "rs256")]
    [InlineData("--kid", "")]
    [InlineData("--kid", "../x")]
    [InlineData("--kid", ".hidden")]
    [InlineData("--kid", "a b")]
    public void Keygen_BadValue_IsAnErrorThatNamesIt(string option, string value)
    {
        var (code, output, errors) = Run("keygen", "--out", Folder, option, value);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"[fabrik] {option}: expected ", errors);
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void Keygen_FolderThatCannotBeMade_IsAnError()
    {
        var file = _fixture.Folder.Write("file", "");
        var (code, _, errors) = Run("keygen", "--out", Path.Join(file, "x"));
        Assert.Equal(1, code);
        Assert.StartsWith("[fabrik] --out: ", errors);
    }

    [Fact]
    public void Token_Claims_AreAsGiven()
    {
        var key = _fixture.Folder.Write("k.key", TestKeys.Ec.ExportPkcs8PrivateKeyPem());
        var (_, output, _) = Run(
            "token", "--key", key, "--expires", "90m", "--audience", "a", "--audience", "b",
            "--claim", "base=x", "--claim", "base=y=z", "--claim", "empty=");
        var payload = output.Split('.')[1];
        var json = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(payload));
        Assert.Equal(
            $$"""
            {"aud":["a","b"],"iat":{{AuthFixture.Start}},"exp":{{AuthFixture.Start + 5400}},
            """
            + """
            "permissions":["cache:read","cache:write"],"base":["x","y=z"],"empty":""}
            """,
            json);
        Assert.Equal("JWT", Header(output).GetProperty("typ").GetString());
        Assert.False(Header(output).TryGetProperty("kid", out _));
    }

    [Theory]
    [InlineData("--expires", "0s")]
    [InlineData("--expires", "forever")]
    [InlineData("--expires", "1.5h")]
    [InlineData("--expires", "4000d")]
    [InlineData("--permissions", "read;write")]
    [InlineData("--permissions", "everything")]
    [InlineData("--claim", "novalue")]
    [InlineData("--claim", "=value")]
    [InlineData("--claim", "exp=1")]
    [InlineData("--claim", "permissions=admin")]
    [InlineData("--kid", "")]
    public void Token_BadValue_IsAnErrorThatNamesIt(string option, string value)
    {
        var key = _fixture.Folder.Write("k.key", TestKeys.Ec.ExportPkcs8PrivateKeyPem());
        var (code, output, errors) = Run("token", "--key", key, option, value);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"[fabrik] {option}: ", errors);
        Assert.Equal(1, errors.Count(character => character == '\n'));
    }

    [Fact]
    public void Token_KeyInAnyUsualForm_IsTaken()
    {
        string[] forms =
        [
            TestKeys.Rsa.ExportPkcs8PrivateKeyPem(),
            TestKeys.Rsa.ExportRSAPrivateKeyPem(),
            TestKeys.Ec.ExportPkcs8PrivateKeyPem(),
            TestKeys.Ec.ExportECPrivateKeyPem(),
            $"words\n{TestKeys.Pem(TestKeys.Rsa)}\n{TestKeys.Ec.ExportECPrivateKeyPem()}",
        ];
        foreach (var form in forms)
        {
            Assert.Equal(0, Run("token", "--key", _fixture.Folder.Write("k.key", form)).Code);
        }
    }

    [Fact]
    public void Token_KeyThatCannotSign_IsAnErrorThatShowsNothingOfIt()
    {
        using var small = RSA.Create(1024);
        using var large = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var encrypted = TestKeys.Ec.ExportEncryptedPkcs8PrivateKeyPem(
            "secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        string[] keys =
        [
            "",
            "words",
            TestKeys.Pem(TestKeys.Rsa),
            small.ExportPkcs8PrivateKeyPem(),
            large.ExportPkcs8PrivateKeyPem(),
            encrypted,
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            TestKeys.Rsa.ExportPkcs8PrivateKeyPem()[..^40],
        ];
        foreach (var key in keys)
        {
            var path = _fixture.Folder.Write("k.key", key);
            var (code, output, errors) = Run("token", "--key", path);
            Assert.Equal((1, ""), (code, output));
            Assert.StartsWith($"[fabrik] --key: {path} holds ", errors);
            Assert.DoesNotContain("MII", errors);
        }
    }

    [Fact]
    public void Token_KeyFileThatThereIsNot_IsAnError()
    {
        var (code, _, errors) = Run("token", "--key", Path.Join(Folder, "no.key"));
        Assert.Equal(1, code);
        Assert.StartsWith("[fabrik] --key: ", errors);
    }

    private static void AssertOwnerOnly(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    private static JsonElement Header(string token) =>
        JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]));

    private (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter errors = new() { NewLine = "\n" };
        var code = AuthCommand.Create(_fixture.Clock)
            .Parse(arguments)
            .Invoke(new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
