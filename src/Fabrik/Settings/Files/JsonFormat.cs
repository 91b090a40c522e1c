using System.Text;
using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Files;

/// <summary>JSON (RFC 8259). Comments are refused: the other two formats have them.</summary>
internal ref struct JsonFormat
{
    private readonly string _path;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<SettingError> _errors;
    private Utf8JsonReader _reader;
    private long _seen;
    private int _line;
    private int _column;

    private JsonFormat(string path, ReadOnlySpan<byte> bytes, List<SettingError> errors)
    {
        _path = path;
        _bytes = bytes;
        _errors = errors;
        _reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = SettingsFile.MaxDepth });
        _line = 1;
        _column = 1;
    }

    public static RawTable Parse(string path, byte[] bytes, List<SettingError> errors)
    {
        ReadOnlySpan<byte> utf8 = bytes;
        JsonFormat format = new(path, utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8, errors);
        return format.Document();
    }

    private RawTable Document()
    {
        try
        {
            _reader.Read();
            Origin origin = Here();
            RawNode node = Node();
            _reader.Read();
            if (node is RawTable table)
            {
                return table;
            }

            _errors.Add(new SettingError(origin, "", "expected an object, found something else"));
        }
        catch (JsonException e)
        {
            // The library's own message may quote the text.
            int line = (int)(e.LineNumber ?? 0) + 1;
            Origin origin = Origin.File(_path, line, ColumnOf(line, (int)(e.BytePositionInLine ?? 0)));
            string problem = "expected valid JSON, without comments or trailing commas and at most "
                + $"{SettingsFile.MaxDepth} objects and arrays in each other";
            _errors.Add(new SettingError(origin, "", problem));
        }
        catch (InvalidOperationException)
        {
            _errors.Add(new SettingError(Here(), "", "expected UTF-8 and whole surrogate pairs in the string"));
        }

        return RawTable.Empty;
    }

    private RawNode Node()
    {
        Origin origin = Here();
        return _reader.TokenType switch
        {
            JsonTokenType.StartObject => Table(origin),
            JsonTokenType.StartArray => List(origin),
            JsonTokenType.String => new RawScalar(origin, ScalarKind.Text, _reader.GetString()!),
            JsonTokenType.Number => Number(origin),
            JsonTokenType.True => new RawScalar(origin, ScalarKind.Boolean, "true"),
            JsonTokenType.False => new RawScalar(origin, ScalarKind.Boolean, "false"),
            _ => new RawScalar(origin, ScalarKind.Null, ""),
        };
    }

    private readonly RawScalar Number(Origin origin)
    {
        string text = Encoding.UTF8.GetString(_reader.ValueSpan);
        bool isFloat = text.AsSpan().ContainsAny('.', 'e', 'E');
        return new RawScalar(origin, isFloat ? ScalarKind.Float : ScalarKind.Integer, text);
    }

    private RawTable Table(Origin origin)
    {
        List<RawEntry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = _reader.GetString()!;
            Origin at = Here();
            _reader.Read();
            RawEntry entry = new(name, at, Node());
            if (names.Add(name))
            {
                entries.Add(entry);
            }
            else
            {
                _errors.Add(new SettingError(at, name, "expected a new key, found one that is already in the object"));
            }
        }

        return new RawTable(origin, entries);
    }

    private RawList List(Origin origin)
    {
        List<RawNode> items = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Node());
        }

        return new RawList(origin, items);
    }

    // Tokens come in order, so that every byte is counted once.
    private Origin Here()
    {
        for (; _seen < _reader.TokenStartIndex; _seen++)
        {
            byte b = _bytes[(int)_seen];
            if (b == '\n')
            {
                _line++;
                _column = 1;
            }
            else if (IsCharacterStart(b))
            {
                _column++;
            }
        }

        return Origin.File(_path, _line, _column);
    }

    private readonly int ColumnOf(int line, int bytePosition)
    {
        ReadOnlySpan<byte> rest = _bytes;
        for (int i = 1; i < line && rest.IndexOf((byte)'\n') is >= 0 and var end; i++)
        {
            rest = rest[(end + 1)..];
        }

        int column = 1;
        foreach (byte b in rest[..Math.Min(bytePosition, rest.Length)])
        {
            column += IsCharacterStart(b) ? 1 : 0;
        }

        return column;
    }

    private static bool IsCharacterStart(byte b) => (b & 0xC0) != 0x80;
}
