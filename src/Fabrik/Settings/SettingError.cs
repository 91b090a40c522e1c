namespace Fabrik.Settings;

/// <summary>One thing that is wrong with the configuration, said so that it can be mended without a manual.</summary>
/// <param name="Origin">Where it stands.</param>
/// <param name="Key">
/// The setting or section in full (<c>cache.max_size</c>); empty for a document that cannot be read.
/// </param>
/// <param name="Problem">What was expected and what was found; never a secret value.</param>
internal sealed record SettingError(Origin Origin, string Key, string Problem)
{
    /// <summary>The valid name nearest to what was written, if one is near.</summary>
    public string? Suggestion { get; init; }

    /// <summary><c>fabrik.toml:3:1: cache.max_sise: unknown key; did you mean "max_size"?</c></summary>
    public override string ToString()
    {
        string key = Key.Length == 0 ? "" : $"{Key}: ";
        string suggestion = Suggestion is null ? "" : $"; did you mean \"{Suggestion}\"?";
        return $"{Origin}: {key}{Problem}{suggestion}";
    }
}
