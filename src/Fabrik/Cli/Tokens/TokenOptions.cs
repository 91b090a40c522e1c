using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Fabrik.Server.Auth;
using Fabrik.Settings.Values;

namespace Fabrik.Cli.Tokens;

/// <summary>The options of <c>fabrik auth token</c> that become claims.</summary>
internal sealed class TokenOptions
{
    // A token that outlives this is a password; whoever wants one can sign it elsewhere.
    private static readonly TimeSpan MaxLife = TimeSpan.FromDays(3650);

    private static readonly string[] OwnOptions = ["exp", "iat", "nbf", "sub", "iss", "aud", "permissions"];

    private readonly Option<string?> _subject = new("--subject") { Description = "Whose token it is (sub), for logs." };

    private readonly Option<string> _permissions = new("--permissions")
    {
        Description = "What it allows, with commas between: read, write, delete, overwrite, admin.",
        DefaultValueFactory = _ => "read,write",
    };

    private readonly Option<string> _expires = new("--expires")
    {
        Description = "How long it is valid (exp): 30m, 12h, 90d.",
        DefaultValueFactory = _ => "12h",
    };

    private readonly Option<string?> _issuer = new("--issuer") { Description = "Who made it (iss)." };

    private readonly Option<string[]> _audience = new("--audience") { Description = "Whom it is for (aud); repeats." };

    private readonly Option<string[]> _claims = new("--claim")
    {
        Description = "Another claim, as name=value; the same name twice makes a list.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_subject);
        command.Options.Add(_permissions);
        command.Options.Add(_expires);
        command.Options.Add(_issuer);
        command.Options.Add(_audience);
        command.Options.Add(_claims);
    }

    /// <summary>Makes the claims in JSON; false with what is wrong.</summary>
    public bool TryMakeClaims(
        ParseResult result, DateTimeOffset now, [NotNullWhen(true)] out byte[]? json, out string problem)
    {
        json = null;
        if (!TryReadLife(result.GetValue(_expires)!, out var life, out problem)
            || !TryReadPermissions(result.GetValue(_permissions)!, out var permissions, out problem)
            || !TryReadClaims(result.GetValue(_claims) ?? [], out var others, out problem))
        {
            return false;
        }

        TokenClaims claims = new()
        {
            Issued = now,
            Life = life,
            Permissions = permissions,
            Subject = result.GetValue(_subject),
            Issuer = result.GetValue(_issuer),
            Audience = result.GetValue(_audience) ?? [],
            Others = others,
        };
        json = claims.ToJson();
        return true;
    }

    private static bool TryReadLife(string text, out TimeSpan life, out string problem)
    {
        problem = "";
        if (Duration.TryParse(text, out life) && life >= TimeSpan.FromSeconds(1) && life <= MaxLife)
        {
            return true;
        }

        problem = $"--expires: expected a duration of 1s to {MaxLife.TotalDays:0}d such as 12h, found \"{text}\"";
        return false;
    }

    private static bool TryReadPermissions(string text, out IReadOnlyList<string> names, out string problem)
    {
        List<string> read = [];
        names = read;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var name = part is "read" or "write" or "delete" or "overwrite" ? $"cache:{part}" : part;
            if (PermissionNames.Parse(name) == Permissions.None)
            {
                problem = $"--permissions: expected some of read, write, delete, overwrite, admin, found \"{part}\"";
                return false;
            }

            if (!read.Contains(name))
            {
                read.Add(name);
            }
        }

        problem = "";
        return true;
    }

    private static bool TryReadClaims(
        string[] pairs, out IReadOnlyDictionary<string, List<string>> claims, out string problem)
    {
        Dictionary<string, List<string>> read = new(StringComparer.Ordinal);
        claims = read;
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                problem = $"--claim: expected name=value, found \"{pair}\"";
                return false;
            }

            var name = pair[..equals];
            if (OwnOptions.Contains(name))
            {
                problem = $"--claim: {name} is not set this way; see the other options";
                return false;
            }

            if (!read.TryGetValue(name, out var values))
            {
                read.Add(name, values = []);
            }

            values.Add(pair[(equals + 1)..]);
        }

        problem = "";
        return true;
    }
}
