using System.Text;
using Fabrik.Settings.Tree;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Fabrik.Settings.Files;

/// <summary>
/// YAML with the scalars of the 1.2 core schema. Anchors are allowed; merge keys (<c>&lt;&lt;</c>), tags of one's own
/// and several documents are not. Built from the library's events: its own trees have no limit to
/// their depth.
/// </summary>
internal sealed class YamlFormat
{
    // Aliases share their node, so that they cost nothing; the limit only keeps files readable.
    private const int MaxAliases = 100;

    private const int MaxCountedColumn = 1000;

    private readonly string _path;
    private readonly string _text;
    private readonly Parser _parser;
    private readonly List<SettingError> _errors;
    private readonly Dictionary<AnchorName, RawNode> _anchors = [];
    private int _aliases;
    private bool _isReported;

    private YamlFormat(string path, string text, List<SettingError> errors)
    {
        _path = path;
        _text = text;
        _errors = errors;
        _parser = new Parser(new StringReader(text));
    }

    public static RawTable Parse(string path, byte[] bytes, List<SettingError> errors)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            errors.Add(new SettingError(Origin.File(path, 1, 1), "", "expected UTF-8, found a byte that is none"));
            return RawTable.Empty;
        }

        return new YamlFormat(path, Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'), errors).Document();
    }

    private RawTable Document()
    {
        try
        {
            _parser.Consume<StreamStart>();
            if (_parser.TryConsume<StreamEnd>(out _))
            {
                return RawTable.Empty;
            }

            _parser.Consume<DocumentStart>();
            RawNode root = Node(depth: 0);
            _parser.Consume<DocumentEnd>();
            if (!_parser.Accept<StreamEnd>(out _))
            {
                throw Problem(_parser.Current!.Start, "expected the end of the file, found another document");
            }

            return root switch
            {
                RawTable table => table,
                RawScalar { Kind: ScalarKind.Null } => RawTable.Empty,
                _ => throw Problem(new Mark(0, 1, 1), "expected a mapping, found something else"),
            };
        }
        catch (YamlException e)
        {
            if (!_isReported)
            {
                _errors.Add(new SettingError(At(e.Start), "", $"expected valid YAML: {e.Message}"));
            }
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            // The library fails so on some malformed text (a flow sequence that ends in an indented block is one).
            Mark near = _parser.Current?.End ?? new Mark(0, 1, 1);
            _errors.Add(new SettingError(At(near), "", "expected valid YAML, found something else after here"));
        }

        return RawTable.Empty;
    }

    private RawNode Node(int depth)
    {
        if (depth > SettingsFile.MaxDepth)
        {
            string problem = $"expected at most {SettingsFile.MaxDepth} mappings and sequences in each other";
            throw Problem(_parser.Current!.Start, problem);
        }

        ParsingEvent next = _parser.Consume<ParsingEvent>();
        if (next is AnchorAlias alias)
        {
            return _aliases++ < MaxAliases && _anchors.TryGetValue(alias.Value, out RawNode? known)
                ? known
                : throw Problem(next.Start, $"expected at most {MaxAliases} aliases, each of an anchor above it");
        }

        RawNode node = next switch
        {
            Scalar scalar => new RawScalar(At(scalar.Start), KindOf(scalar), TextOf(scalar)),
            SequenceStart sequence => new RawList(At(sequence.Start), Items(depth)),
            _ => new RawTable(At(next.Start), Entries(depth)),
        };
        if (next is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor] = node;
        }

        return node;
    }

    private List<RawNode> Items(int depth)
    {
        List<RawNode> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(depth + 1));
        }

        return items;
    }

    private List<RawEntry> Entries(int depth)
    {
        List<RawEntry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent next = _parser.Consume<ParsingEvent>();
            if (next is not Scalar key)
            {
                throw Problem(next.Start, "expected a key that is a string, found something else");
            }

            RawNode value = Node(depth + 1);
            if (names.Add(key.Value))
            {
                entries.Add(new RawEntry(key.Value, At(key.Start), value));
            }
            else
            {
                string problem = "expected a new key, found one that is already in the mapping";
                _errors.Add(new SettingError(At(key.Start), key.Value, problem));
            }
        }

        return entries;
    }

    private ScalarKind KindOf(Scalar scalar)
    {
        if (!scalar.Tag.IsEmpty)
        {
            return scalar.Tag.IsNonSpecific ? ScalarKind.Text : YamlScalars.KindOfTag(scalar.Tag.Value)
                ?? throw Problem(scalar.Start, "expected no tag, or one of !!str, !!int, !!float, !!bool and !!null");
        }

        return scalar.Style == ScalarStyle.Plain ? YamlScalars.KindOf(scalar.Value) : ScalarKind.Text;
    }

    private string TextOf(Scalar scalar) => YamlScalars.Normalize(scalar.Value, KindOf(scalar));

    // The library counts UTF-16 units; columns here are characters. Lines that are absurdly long keep the units.
    private Origin At(Mark mark)
    {
        int before = (int)mark.Column - 1;
        int start = (int)mark.Index - before;
        bool isCountable = before is > 0 and < MaxCountedColumn && start >= 0 && start + before <= _text.Length;
        int pairs = isCountable ? _text.Skip(start).Take(before).Count(char.IsLowSurrogate) : 0;
        return Origin.File(_path, (int)mark.Line, (int)mark.Column - pairs);
    }

    // The library's parser reports what it finds by an exception; what is found here ends the reading the same way.
    private YamlException Problem(Mark at, string message)
    {
        _isReported = true;
        _errors.Add(new SettingError(At(at), "", message));
        return new YamlException(at, at, message);
    }
}
