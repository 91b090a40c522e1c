using System.Globalization;
using System.Text.Json;
using Fabrik.Wire.S3.Signing;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3.Signing;

/// <summary>One case of the public suite.</summary>
internal sealed class SignatureVector(string name, IReadOnlyDictionary<string, string> files)
{
    private readonly JsonElement _context = JsonDocument.Parse(files["context.json"]).RootElement;

    public string Name { get; } = name;

    public DateTimeOffset Time =>
        DateTimeOffset.Parse(_context.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture);

    public TimeSpan Expires => TimeSpan.FromSeconds(_context.GetProperty("expiration_in_seconds").GetInt32());

    public bool SignsBody => _context.GetProperty("sign_body").GetBoolean();

    public bool OmitsToken =>
        _context.TryGetProperty("omit_session_token", out var omits) && omits.GetBoolean();

    public SigningCredentials Credentials
    {
        get
        {
            var keys = _context.GetProperty("credentials");
            return new SigningCredentials(
                keys.GetProperty("access_key_id").GetString()!,
                keys.GetProperty("secret_access_key").GetString()!,
                keys.TryGetProperty("token", out var token) ? token.GetString() : null);
        }
    }

    public SignatureRules Rules => new()
    {
        Service = _context.GetProperty("service").GetString()!,
        Region = _context.GetProperty("region").GetString(),
        NormalizePath = _context.GetProperty("normalize").GetBoolean(),
        DoubleEncode = true,
        PresignedPayloadHash = PayloadHash,
    };

    /// <summary>The hash of the body: the last line of the canonical request.</summary>
    public string PayloadHash => Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Body)));

    public string this[string file] => files[file];

    private string Body
    {
        get
        {
            var request = files["request.txt"];
            var end = request.IndexOf("\n\n", StringComparison.Ordinal);
            return end < 0 ? "" : request[(end + 2)..];
        }
    }

    /// <summary>The request as it was before it was signed.</summary>
    public (SignableRequest Request, TestHeaders Headers) Parse()
    {
        var head = files["request.txt"].Split("\n\n")[0].Split('\n');
        var line = head[0];
        var first = line.IndexOf(' ', StringComparison.Ordinal);
        var target = line[(first + 1)..line.LastIndexOf(' ')];
        var question = target.IndexOf('?', StringComparison.Ordinal);
        List<(string Name, string Value)> fields = [];
        foreach (var field in head.Skip(1))
        {
            if (field.StartsWith(' '))
            {
                fields[^1] = (fields[^1].Name, $"{fields[^1].Value}\n{field}");
            }
            else
            {
                var colon = field.IndexOf(':', StringComparison.Ordinal);
                fields.Add((field[..colon], field[(colon + 1)..]));
            }
        }

        TestHeaders headers = new([.. fields]);
        return (new SignableRequest(
            line[..first],
            question < 0 ? target : target[..question],
            question < 0 ? "" : target[(question + 1)..],
            headers), headers);
    }

    /// <summary>The signed headers that a canonical request of the suite lists, in its last line but one.</summary>
    public static string SignedHeadersOf(string canonicalRequest) => canonicalRequest.Split('\n')[^2];
}

/// <summary>The cases of the AWS Common Runtime: see the licence beside them.</summary>
internal static class SignatureVectors
{
    public static IReadOnlyDictionary<string, SignatureVector> All { get; } = Read();

    public static TheoryData<string> Names => new(All.Keys);

    private static Dictionary<string, SignatureVector> Read()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Fabrik.slnx")))
        {
            at = at.Parent;
        }

        var path = Path.Combine(at!.FullName, "tests/Fabrik.UnitTests/Wire/S3/Signing/Vectors/sigv4.txt");
        Dictionary<string, Dictionary<string, string>> cases = new(StringComparer.Ordinal);
        foreach (var section in File.ReadAllText(path).Split("\n=== ").Skip(1))
        {
            var line = section.IndexOf('\n', StringComparison.Ordinal);
            var title = section[..line].Split('/');
            cases.TryAdd(title[0], new Dictionary<string, string>(StringComparer.Ordinal));
            cases[title[0]].Add(title[1], section[(line + 1)..].TrimEnd('\n'));
        }

        return cases.ToDictionary(
            one => one.Key, one => new SignatureVector(one.Key, one.Value), StringComparer.Ordinal);
    }
}
