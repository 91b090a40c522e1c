using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Cli.Tokens;
using Fabrik.Server.Auth.Tokens;

namespace Fabrik.Cli;

/// <summary>
/// <c>fabrik auth</c>: makes key pairs and tokens, for trying out and for small teams without an issuer.
/// </summary>
internal static class AuthCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => Create(TimeProvider.System);

    /// <summary>Makes the command with a clock, which tokens take their times from.</summary>
    public static Command Create(TimeProvider time) =>
        new("auth", "Make keys and tokens for authentication.") { Keygen(), Token(time) };

    private static Command Keygen()
    {
        Option<string> algorithm = new("--algorithm")
        {
            Description = $"What the key signs with: {string.Join(" or ", SigningKey.Algorithms)}.",
            DefaultValueFactory = _ => "RS256",
        };
        algorithm.CompletionSources.Add([.. SigningKey.Algorithms]);
        Option<string> folder = new("--out")
        {
            Description = "The folder for <kid>.key (private) and <kid>.pem (public).",
            DefaultValueFactory = _ => ".",
        };
        Option<string> kid = new("--kid")
        {
            Description = "The name of the key, and of its files.",
            DefaultValueFactory = _ => "fabrik",
        };
        Option<bool> force = new("--force") { Description = "Replace files that are there." };
        Command command = new("keygen", "Make a key pair: private for who makes tokens, public for the server.")
        {
            algorithm, folder, kid, force,
        };
        command.SetAction(result =>
        {
            KeyFiles files = new(result.GetValue(folder)!, result.GetValue(kid)!);
            return files.Write(result.GetValue(algorithm)!, result.GetValue(force)) is { } problem
                ? Fail(result, problem)
                : Describe(result, files);
        });
        return command;
    }

    private static int Describe(ParseResult result, KeyFiles files)
    {
        var output = result.InvocationConfiguration.Output;
        output.WriteLine($"[fabrik] private key: {files.Private} (make tokens with it; keep it off the server)");
        output.WriteLine($"[fabrik] public key:  {files.Public} (for auth.public_key_file, or auth.public_key_dir)");
        output.WriteLine($"[fabrik] next: fabrik auth token --key {files.Private} --kid {files.Kid}");
        return ExitCodes.Done;
    }

    private static Command Token(TimeProvider time)
    {
        Option<string> key = new("--key") { Description = "The file with the private key, in PEM.", Required = true };
        Option<string?> kid = new("--kid") { Description = "The name that the server knows the key by." };
        TokenOptions options = new();
        Command command = new("token", "Make a token and print it, and nothing else.") { key, kid };
        options.AddTo(command);
        command.SetAction(result =>
        {
            if (!options.TryMakeClaims(result, time.GetUtcNow(), out var claims, out var problem)
                || !TrySign(result.GetValue(key)!, result.GetValue(kid), claims, out var token, out problem))
            {
                return Fail(result, problem);
            }

            result.InvocationConfiguration.Output.WriteLine(token);
            return ExitCodes.Done;
        });
        return command;
    }

    private static bool TrySign(string path, string? kid, byte[] claims, out string token, out string problem)
    {
        token = "";
        string text;
        try
        {
            text = File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = $"--key: {path} cannot be read: {failure.Message}";
            return false;
        }

        if (kid is "")
        {
            problem = "--kid: expected a name, found an empty text";
            return false;
        }

        if (!SigningKey.TryRead(text, out AsymmetricAlgorithm? key, out problem))
        {
            problem = $"--key: {path} holds {problem}";
            return false;
        }

        using (key)
        {
            token = TokenSigner.Sign(key, kid, claims);
            return true;
        }
    }

    private static int Fail(ParseResult result, string problem)
    {
        result.InvocationConfiguration.Error.WriteLine($"[fabrik] {problem}");
        return ExitCodes.Failed;
    }
}
