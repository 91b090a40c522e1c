namespace Fabrik.Wrapping;

/// <summary>What another program is given.</summary>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Variables">What it finds in its environment beside what this process has.</param>
internal sealed record WrappedWords(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables);
