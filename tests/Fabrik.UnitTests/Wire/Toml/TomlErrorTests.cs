using System.Text;
using Fabrik.Wire.Toml;
using Xunit;

namespace Fabrik.UnitTests.Wire.Toml;

public sealed class TomlErrorTests
{
    [Theory]
    [InlineData("a = 1\nb = \n", "2:5: expected a value, found the end of the line")]
    [InlineData("é😀 = 1", "1:1: expected a key (letters, digits, '-', '_', or a quoted string), found 'é'")]
    [InlineData("\"é😀\" = 1 x", "1:10: expected the end of the line, found 'x'")]
    [InlineData("a 1", "1:3: expected '.' or '=' after the key, found '1'")]
    [InlineData("a = word", "1:5: expected a value, found a word without quotes")]
    [InlineData("a = 01", "1:5: expected a number: an integer of 64 bits without leading zeros, or a float")]
    [InlineData("a = 2020-02-30", "1:5: expected a date or time as in RFC 3339, such as 1979-05-27T07:32:00Z")]
    [InlineData("a = \"x", "1:5: expected a closing \" on the same line, found none")]
    [InlineData("a = '''\nx", "1:5: expected a closing ''', found the end of the file")]
    [InlineData("a = \"\\u12\"", "1:6: expected 4 hexadecimal digits in the escape, found 2")]
    [InlineData("a = [1\n\n 2]", "3:2: expected ',' or ']' in the array that begins at 1:5, found '2'")]
    [InlineData("a = 1\n[a]", "2:2: expected a new table, found 'a', already defined in line 1")]
    [InlineData("a = 1\na = 2", "2:1: expected a new key, found 'a', already defined in line 1")]
    [InlineData("[a.b]\n[a]\nb.c = 1", "3:1: expected a table that dotted keys may add to, found 'b', already defined in line 1")]
    [InlineData("[a", "1:3: expected '.' or ']' after the name of the table, found the end of the file")]
    [InlineData("a = 1 # \u0001", "1:9: expected text without control characters in the comment, found the control character U+0001")]
    public void Parse_BadText_SaysWhereAndWhat(string text, string error) =>
        Assert.Equal(error, Assert.Single(Parse(text).Errors).ToString());

    [Fact]
    public void Parse_SeveralErrors_ReportsAllAndKeepsWhatIsRight()
    {
        TomlDocument document = Parse("""
            a = x
            b = 1
            [t
            c = 2
            [u]
            d = [
              1 2,
              3
            ]
            e = 5
            f = "
            g = 6
            """);
        Assert.Equal([1, 3, 7, 11], document.Errors.Select(error => error.Position.Line));
        Assert.True(document.Root.TryGet("b", out _));
        Assert.True(document.Root.TryGet("u", out TomlValue? table));
        Assert.Equal("e g", string.Join(' ', ((TomlTable)table).Entries.Select(entry => entry.Key)));
        Assert.False(document.Root.TryGet("c", out _));
    }

    [Fact]
    public void Parse_ErrorOnEveryLine_StopsAtTheLimit() => Assert.Equal(
        TomlDocument.MaxErrors, Parse(string.Concat(Enumerable.Repeat("!\na =\n", 1000))).Errors.Count);

    [Fact]
    public void Parse_BytesThatAreNotUtf8_SaysWhere()
    {
        byte[] bytes = [.. "a = 1\nb = \"é"u8, 0xFF, .. "\""u8];
        TomlError error = Assert.Single(TomlDocument.Parse(bytes).Errors);
        Assert.Equal("2:7: expected UTF-8, found a byte that is none", error.ToString());
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a=", "}")]
    public void Parse_DeeperThanTheLimit_IsAnErrorAndNotAnOverflow(string open, string close)
    {
        const int Levels = 100_000;
        string deep = string.Concat(Enumerable.Repeat(open, Levels)) + string.Concat(Enumerable.Repeat(close, Levels));
        Assert.Contains("at most 128", Assert.Single(Parse($"x = {deep}").Errors).Message);
        Assert.Contains("at most 128", Parse(string.Concat(Enumerable.Repeat("a.", Levels)) + "a = 1").Errors[0].Message);
    }

    [Fact]
    public void Parse_KeysAndValues_KnowTheirPlaces()
    {
        TomlDocument document = Parse("x = 1\n[t]\n  \"é😀\" = [ 'a', {k = 2} ]");
        TomlTable table = (TomlTable)document.Root.Entries[1].Value;
        TomlArray array = (TomlArray)table.Entries[0].Value;
        TomlTable inline = (TomlTable)array.Items[1];
        Assert.Equal(new TomlPosition(2, 2), table.Position);
        Assert.Equal(new TomlPosition(3, 3), table.Entries[0].KeyPosition);
        Assert.Equal(new TomlPosition(3, 10), array.Position);
        Assert.Equal(new TomlPosition(3, 12), array.Items[0].Position);
        Assert.Equal(new TomlPosition(3, 17), inline.Position);
        Assert.Equal(new TomlPosition(3, 22), inline.Entries[0].Value.Position);
    }

    [Fact]
    public void Parse_ALongLineOfValues_TakesTimeInItsLength()
    {
        string text = "a = [" + string.Concat(Enumerable.Repeat("1,", 300_000)) + "]";
        Assert.Empty(Parse(text).Errors);
    }

    private static TomlDocument Parse(string text) => TomlDocument.Parse(Encoding.UTF8.GetBytes(text));
}
