using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition.Layers;

/// <summary>
/// The token that an upstream is shown: from a file, which is read again when it changes, or from settings. The
/// upstream's own is stronger than that of all, and a file than a value.
/// </summary>
internal sealed class UpstreamToken
{
    // Far above what auth.max_token_size lets through anywhere.
    private const int MaxFileSize = 128 * 1024;

    private readonly string _path;
    private volatile string? _token;
    private DateTime _written;

    private UpstreamToken(string path, string? token)
    {
        (_path, _token) = (path, token);
        if (path.Length > 0)
        {
            (_written, _token) = (File.GetLastWriteTimeUtc(path), Read(path));
        }
    }

    /// <summary>No token.</summary>
    public static UpstreamToken None { get; } = new("", null);

    /// <summary>
    /// The token of one upstream; one without a token where none is set, or after adding why its file cannot be read.
    /// </summary>
    public static UpstreamToken Of(
        EffectiveSettings settings, EffectiveSettings upstream, List<string> problems)
    {
        (string file, string key) = upstream.Get(UpstreamSettings.TokenFile) is { Length: > 0 } own
            ? (own, UpstreamSettings.TokenFile.Key)
            : (settings.Get(AuthSettings.TokenFile), AuthSettings.TokenFile.Key);
        return Of(settings, (file, key), upstream.Get(UpstreamSettings.Token), problems);
    }

    /// <summary>The token of all upstreams; one without a token as above.</summary>
    public static UpstreamToken OfAll(EffectiveSettings settings, List<string> problems) =>
        Of(settings, (settings.Get(AuthSettings.TokenFile), AuthSettings.TokenFile.Key), "", problems);

    /// <summary>The token now; null for none. From memory.</summary>
    public string? Current() => _token;

    /// <summary>
    /// Reads the file again if it changed. One that is gone or broken leaves the token before it: it is being replaced.
    /// </summary>
    /// <returns>Whether the token is another one now.</returns>
    public bool Refresh()
    {
        if (_path.Length == 0)
        {
            return false;
        }

        try
        {
            DateTime written = File.GetLastWriteTimeUtc(_path);
            if (written == _written)
            {
                return false;
            }

            string? before = _token;
            (_written, _token) = (written, Read(_path));
            return _token != before;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return false;
        }
    }

    private static UpstreamToken Of(
        EffectiveSettings settings, (string File, string Key) where, string value, List<string> problems)
    {
        (string file, string key) = where;
        if (value.Length == 0 && file.Length > 0)
        {
            try
            {
                return new UpstreamToken(file, null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                problems.Add($"{key}: {file} cannot be read: {e.Message}");
            }
        }

        string token = value.Length > 0 ? value : settings.Get(AuthSettings.Token);
        return new UpstreamToken("", token.Length > 0 ? token : null);
    }

    private static string? Read(string path)
    {
        FileInfo file = new(path);
        if (file.Length > MaxFileSize)
        {
            throw new InvalidDataException($"expected a token of at most {MaxFileSize} bytes, found {file.Length}");
        }

        string text = File.ReadAllText(path).Trim();
        return text.Length > 0 ? text : throw new InvalidDataException("expected a token, found nothing");
    }
}
