using System.Globalization;
using System.Text;

namespace Fabrik.UnitTests.Observability.Metrics;

/// <summary>One line with a value.</summary>
internal sealed record Sample(string Name, IReadOnlyList<(string Name, string Value)> Labels, double Value)
{
    public string Label(string name) => Labels.Single(label => label.Name == name).Value;
}

/// <summary>What belongs to one <c># TYPE</c>.</summary>
internal sealed record ParsedFamily(string Name, string? Help, string Type, List<Sample> Samples);

/// <summary>
/// Reads Prometheus' text format and takes nothing that the format does not say: a scraper may be lenient, a test is
/// not.
/// </summary>
/// <remarks>Source: Prometheus, "Exposition formats", text format details.</remarks>
internal sealed class Exposition
{
    private const NumberStyles NumberForm =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private readonly string _text;
    private int _at;

    private Exposition(string text) => _text = text;

    private char Next => _at < _text.Length ? _text[_at] : throw Unexpected("more text");

    public static IReadOnlyList<ParsedFamily> Parse(ReadOnlySpan<byte> bytes) =>
        new Exposition(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes)).ReadAll();

    private List<ParsedFamily> ReadAll()
    {
        List<ParsedFamily> families = [];
        HashSet<string> lines = new(StringComparer.Ordinal);
        while (_at < _text.Length)
        {
            ParsedFamily family = ReadHead();
            if (families.Exists(other => other.Name == family.Name))
            {
                throw Unexpected($"family {family.Name} once");
            }

            while (_at < _text.Length && Next != '#')
            {
                Sample sample = ReadSample();
                if (!IsOf(family, sample.Name) || !lines.Add($"{sample.Name}{{{string.Join(',', sample.Labels)}}}"))
                {
                    throw Unexpected($"each series of {family.Name} once, and no other");
                }

                family.Samples.Add(sample);
            }

            families.Add(family);
        }

        return families;
    }

    private ParsedFamily ReadHead()
    {
        string? help = null;
        string? name = null;
        if (_text.AsSpan(_at).StartsWith("# HELP ", StringComparison.Ordinal))
        {
            Expect("# HELP ");
            name = ReadName(colons: true);
            Expect(" ");
            help = ReadEscaped('\n', quotes: false);
        }

        Expect("# TYPE ");
        string typed = ReadName(colons: true);
        if (name is not null && name != typed)
        {
            throw Unexpected($"the type of {name}");
        }

        Expect(" ");
        string type = ReadName(colons: false);
        Expect("\n");
        return type is "counter" or "gauge" or "histogram"
            ? new ParsedFamily(typed, help, type, [])
            : throw Unexpected("a type");
    }

    private static bool IsOf(ParsedFamily family, string name) =>
        name.StartsWith(family.Name, StringComparison.Ordinal)
        && (family.Type == "histogram"
            ? name[family.Name.Length..] is "_bucket" or "_sum" or "_count"
            : name.Length == family.Name.Length);

    private Sample ReadSample()
    {
        string name = ReadName(colons: true);
        List<(string Name, string Value)> labels = [];
        if (Next == '{')
        {
            do
            {
                _at++;
                string label = ReadName(colons: false);
                Expect("=\"");
                labels.Add((label, ReadEscaped('"', quotes: true)));
            }
            while (Next == ',');
            Expect("}");
        }

        Expect(" ");
        return new Sample(name, labels, ReadValue());
    }

    private double ReadValue()
    {
        int end = _text.IndexOf('\n', _at);
        string value = end < 0 ? throw Unexpected("a line's end") : _text[_at..end];
        _at = end + 1;
        return value switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => double.Parse(value, NumberForm, CultureInfo.InvariantCulture),
        };
    }

    private string ReadName(bool colons)
    {
        int start = _at;
        while (char.IsAsciiLetter(Next)
            || Next == '_'
            || (Next == ':' && colons)
            || (char.IsAsciiDigit(Next) && _at > start))
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : throw Unexpected("a name");
    }

    private string ReadEscaped(char end, bool quotes)
    {
        StringBuilder value = new();
        for (; Next != end; _at++)
        {
            if (Next == '\n')
            {
                throw Unexpected("no raw line end");
            }

            if (Next != '\\')
            {
                value.Append(Next);
                continue;
            }

            _at++;
            value.Append(Next switch
            {
                '\\' => '\\',
                'n' => '\n',
                '"' when quotes => '"',
                _ => throw Unexpected("an escape"),
            });
        }

        _at++;
        return value.ToString();
    }

    private void Expect(string text)
    {
        if (!_text.AsSpan(_at).StartsWith(text, StringComparison.Ordinal))
        {
            throw Unexpected(text);
        }

        _at += text.Length;
    }

    private FormatException Unexpected(string expected)
    {
        string before = _text[Math.Max(0, _at - 40).._at];
        string after = _text[_at..Math.Min(_text.Length, _at + 40)];
        return new FormatException($"expected {expected} at {_at}: …{before}|{after}");
    }
}
