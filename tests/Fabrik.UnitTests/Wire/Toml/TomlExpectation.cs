using System.Globalization;
using System.Text.Json;
using Fabrik.Wire.Toml;
using Xunit;

namespace Fabrik.UnitTests.Wire.Toml;

/// <summary>Compares a tree with the tagged JSON of the public suite.</summary>
internal static class TomlExpectation
{
    public static void Check(string path, JsonElement expected, TomlValue actual)
    {
        if (expected.ValueKind == JsonValueKind.Array)
        {
            TomlArray array = Assert.IsType<TomlArray>(actual);
            Assert.Equal(expected.GetArrayLength(), array.Items.Count);
            for (int i = 0; i < array.Items.Count; i++)
            {
                Check($"{path}[{i}]", expected[i], array.Items[i]);
            }
        }
        else if (IsScalar(expected))
        {
            string type = expected.GetProperty("type").GetString()!;
            CheckScalar(path, type, expected.GetProperty("value").GetString()!, actual);
        }
        else
        {
            TomlTable table = Assert.IsType<TomlTable>(actual);
            Assert.Equal(
                expected.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal),
                table.Entries.Select(entry => entry.Key).Order(StringComparer.Ordinal));
            foreach (TomlEntry entry in table.Entries)
            {
                Check($"{path}.{entry.Key}", expected.GetProperty(entry.Key), entry.Value);
            }
        }
    }

    private static bool IsScalar(JsonElement element) =>
        element.EnumerateObject().Count() == 2
        && element.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String
        && element.TryGetProperty("value", out JsonElement value) && value.ValueKind == JsonValueKind.String;

    private static void CheckScalar(string path, string type, string value, TomlValue actual)
    {
        (string foundType, string foundText) = actual switch
        {
            TomlString text => ("string", text.Value),
            TomlInteger integer => ("integer", integer.Value.ToString(CultureInfo.InvariantCulture)),
            TomlBoolean boolean => ("bool", boolean.Value ? "true" : "false"),
            TomlFloat number => ("float", SameFloat(value, number.Value) ? value : number.Value.ToString("R")),
            TomlDateTime time => (TypeOf(time), Fraction(Format(time))),
            _ => (actual.GetType().Name, ""),
        };
        string expectedText = actual is TomlDateTime ? Fraction(value.ToUpperInvariant().Replace(' ', 'T')) : value;
        Assert.Equal($"{path} {type} {expectedText}", $"{path} {foundType} {foundText}");
    }

    private static bool SameFloat(string expected, double actual) => expected switch
    {
        "inf" or "+inf" => double.IsPositiveInfinity(actual),
        "-inf" => double.IsNegativeInfinity(actual),
        "nan" => double.IsNaN(actual),
        _ => double.Parse(expected, CultureInfo.InvariantCulture).Equals(actual),
    };

    private static string TypeOf(TomlDateTime time) => time.Type switch
    {
        TomlDateTimeKind.OffsetDateTime => "datetime",
        TomlDateTimeKind.LocalDateTime => "datetime-local",
        TomlDateTimeKind.LocalDate => "date-local",
        _ => "time-local",
    };

    private static string Format(TomlDateTime time)
    {
        string date = $"{time.Year:D4}-{time.Month:D2}-{time.Day:D2}";
        string clock = $"{time.Hour:D2}:{time.Minute:D2}:{time.Second:D2}.{time.Nanosecond:D9}";
        int offset = Math.Abs(time.OffsetMinutes);
        string zone = offset == 0 ? "Z" : $"{(time.OffsetMinutes < 0 ? '-' : '+')}{offset / 60:D2}:{offset % 60:D2}";
        return time.Type switch
        {
            TomlDateTimeKind.OffsetDateTime => $"{date}T{clock}{zone}",
            TomlDateTimeKind.LocalDateTime => $"{date}T{clock}",
            TomlDateTimeKind.LocalDate => date,
            _ => clock,
        };
    }

    // Trailing zeros of a fraction say nothing, and an offset of zero is UTC.
    private static string Fraction(string text)
    {
        int zone = text.IndexOfAny(['Z', '+']);
        zone = zone < 0 ? text.LastIndexOf('-') is > 10 and var west ? west : text.Length : zone;
        string head = text[..zone];
        string tail = text[zone..] is "+00:00" or "-00:00" ? "Z" : text[zone..];
        return (head.Contains('.') ? head.TrimEnd('0').TrimEnd('.') : head) + tail;
    }
}
