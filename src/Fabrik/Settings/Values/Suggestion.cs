namespace Fabrik.Settings.Values;

/// <summary>Finds what was probably meant.</summary>
internal static class Suggestion
{
    // Nobody misspells more than this; it bounds the work, which grows with the product of the lengths.
    private const int MaxLength = 100;

    /// <summary>
    /// The candidate with the fewest edits (Damerau-Levenshtein, optimal string alignment, case ignored), if a third of
    /// its letters or fewer are wrong.
    /// </summary>
    public static string? Nearest(string written, IEnumerable<string> candidates)
    {
        string? nearest = null;
        int fewest = int.MaxValue;
        foreach (string candidate in candidates)
        {
            // No text is nearer to another than their lengths differ.
            int most = Math.Min(fewest - 1, Math.Max(1, candidate.Length / 3));
            if (Math.Abs(written.Length - candidate.Length) > most)
            {
                continue;
            }

            int edits = Distance(written, candidate);
            if (edits <= most)
            {
                nearest = candidate;
                fewest = edits;
            }
        }

        return nearest;
    }

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other.
    /// </summary>
    public static int Distance(string from, string to)
    {
        if (from.Length > MaxLength || to.Length > MaxLength)
        {
            return int.MaxValue;
        }

        int[,] edits = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                edits[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Step(edits, (from, i), (to, j)),
                };
            }
        }

        return edits[from.Length, to.Length];
    }

    private static int Step(int[,] edits, (string Text, int At) from, (string Text, int At) to)
    {
        int i = from.At;
        int j = to.At;
        char a = char.ToLowerInvariant(from.Text[i - 1]);
        char b = char.ToLowerInvariant(to.Text[j - 1]);
        int least = Math.Min(edits[i - 1, j] + 1, edits[i, j - 1] + 1);
        least = Math.Min(least, edits[i - 1, j - 1] + (a == b ? 0 : 1));
        bool swapped = i > 1
            && j > 1
            && a == char.ToLowerInvariant(to.Text[j - 2])
            && b == char.ToLowerInvariant(from.Text[i - 2]);
        return swapped ? Math.Min(least, edits[i - 2, j - 2] + 1) : least;
    }
}
