using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Product;

/// <summary>A key pair and tokens signed with it, made the way a newcomer makes them: <c>fabrik auth</c>.</summary>
internal sealed class TokenIssuer
{
    private readonly Sandbox _sandbox;
    private readonly string _folder;

    private TokenIssuer(Sandbox sandbox, string folder) => (_sandbox, _folder) = (sandbox, folder);

    public string PublicKeyFile => SingleFile("*.pem");

    private string PrivateKeyFile => SingleFile("*.key");

    public static async Task<TokenIssuer> CreateAsync(
        Sandbox sandbox, string name = "keys", string algorithm = "RS256")
    {
        var folder = sandbox.In(name);
        var made = await FabrikCommand.RunAsync(sandbox, "auth", "keygen", "--algorithm", algorithm, "--out", folder);
        Assert.True(made.ExitCode == 0, made.Everything);
        return new TokenIssuer(sandbox, folder);
    }

    /// <summary>A token with these permissions: <c>read</c>, <c>write</c>, …, with commas between.</summary>
    public async Task<string> IssueAsync(string permissions, string life = "12h", string? subject = null)
    {
        string[] whose = subject is null ? [] : ["--subject", subject];
        var made = await FabrikCommand.RunAsync(
            _sandbox,
            ["auth", "token", "--key", PrivateKeyFile, "--permissions", permissions, "--expires", life, .. whose]);
        Assert.True(made.ExitCode == 0, made.Everything);
        return made.Output.Trim();
    }

    /// <summary>A token that says what the S3 proxy asks for: <c>role=admin</c>, …</summary>
    public async Task<string> IssueWithAsync(params string[] claims)
    {
        string[] flags = [.. claims.SelectMany(static claim => (string[])["--claim", claim])];
        var made = await FabrikCommand.RunAsync(_sandbox, ["auth", "token", "--key", PrivateKeyFile, .. flags]);
        Assert.True(made.ExitCode == 0, made.Everything);
        return made.Output.Trim();
    }

    public Task<string> IssueReadWriteAsync() => IssueAsync("read,write");

    public Task<string> IssueReadOnlyAsync() => IssueAsync("read");

    private string SingleFile(string pattern) => Assert.Single(Directory.GetFiles(_folder, pattern));
}
