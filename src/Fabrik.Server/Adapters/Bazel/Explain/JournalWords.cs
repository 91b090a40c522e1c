namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>
/// The texts of a journal, each once however many entries have it, and gone with the last of them. Not for several
/// threads at a time.
/// </summary>
internal sealed class JournalWords
{
    private readonly Dictionary<string, Word> _words = new(StringComparer.Ordinal);

    /// <summary>UTF-16 units of all texts.</summary>
    public long Length { get; private set; }

    /// <summary>How many there are.</summary>
    public int Count => _words.Count;

    /// <summary>The word of a text, with one more use.</summary>
    public Word Take(string text)
    {
        if (text.Length == 0)
        {
            return Word.Empty;
        }

        if (!_words.TryGetValue(text, out var word))
        {
            word = new Word(text);
            _words.Add(text, word);
            Length += text.Length;
        }

        word.Uses++;
        return word;
    }

    /// <summary>Ends one use.</summary>
    public void Release(Word word)
    {
        if (word.Text.Length > 0 && --word.Uses == 0)
        {
            _words.Remove(word.Text);
            Length -= word.Text.Length;
        }
    }

    /// <summary>A text with its uses.</summary>
    internal sealed class Word(string text)
    {
        /// <summary>The text that is none; its uses are not counted.</summary>
        public static readonly Word Empty = new("");

        public string Text => text;

        public int Uses { get; set; }
    }
}
