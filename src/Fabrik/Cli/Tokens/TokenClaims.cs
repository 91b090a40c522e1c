using System.Text.Json;

namespace Fabrik.Cli.Tokens;

/// <summary>What a token says (RFC 7519 section 4), in the order in which it is written.</summary>
internal sealed record TokenClaims
{
    public required DateTimeOffset Issued { get; init; }

    public required TimeSpan Life { get; init; }

    public required IReadOnlyList<string> Permissions { get; init; }

    public string? Subject { get; init; }

    public string? Issuer { get; init; }

    public IReadOnlyList<string> Audience { get; init; } = [];

    public required IReadOnlyDictionary<string, List<string>> Others { get; init; }

    public byte[] ToJson()
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            WriteText(writer, "sub", Subject);
            WriteText(writer, "iss", Issuer);
            if (Audience.Count > 0)
            {
                WriteOneOrMore(writer, "aud", Audience);
            }

            writer.WriteNumber("iat", Issued.ToUnixTimeSeconds());
            writer.WriteNumber("exp", (Issued + Life).ToUnixTimeSeconds());
            WriteArray(writer, "permissions", Permissions);
            foreach (var (name, values) in Others)
            {
                WriteOneOrMore(writer, name, values);
            }

            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteOneOrMore(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 1)
        {
            writer.WriteString(name, values[0]);
        }
        else
        {
            WriteArray(writer, name, values);
        }
    }

    private static void WriteArray(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
