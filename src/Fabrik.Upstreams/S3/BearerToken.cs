using Fabrik.Cache;

namespace Fabrik.Upstreams.S3;

/// <summary>
/// A bearer token that somebody else renews, in a file or a variable: it is read again every minute.
/// </summary>
public sealed class BearerToken
{
    private const int MaxLength = 16 * 1024;

    private static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(1);

    private readonly Func<string?> _read;
    private readonly string _source;
    private readonly TimeProvider _time;
    private volatile Reading? _last;

    private BearerToken(Func<string?> read, string source, TimeProvider time)
    {
        _read = read;
        _source = source;
        _time = time;
    }

    /// <summary>The token that a file holds, without the white space around it.</summary>
    public static BearerToken FromFile(string path, TimeProvider time) => new(() => ReadFile(path), path, time);

    /// <summary>The token that a variable of the environment holds.</summary>
    public static BearerToken FromVariable(string name, TimeProvider time) =>
        new(() => Environment.GetEnvironmentVariable(name), $"the variable {name}", time);

    /// <summary>Where it comes from; never the token.</summary>
    public override string ToString() => $"bearer token of {_source}";

    /// <summary>The token; or the error that there is none.</summary>
    internal CacheResult<string> Get()
    {
        var last = _last;
        if (last is null || _time.GetElapsedTime(last.ReadAt) >= ReadEvery)
        {
            last = new Reading(Read(), _time.GetTimestamp());
            _last = last;
        }

        return last.Token;
    }

    private CacheResult<string> Read()
    {
        try
        {
            var token = _read()?.Trim();
            return token switch
            {
                null or "" => Missing("is empty", null),
                _ when token.Length > MaxLength || token.AsSpan().ContainsAnyExceptInRange('!', '~') =>
                    Missing("is no token: it has other characters than a header can carry", null),
                _ => token,
            };
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return Missing("cannot be read", failed);
        }
    }

    private CacheError Missing(string what, Exception? cause) =>
        CacheError.Internal(CacheErrorKind.Denied, $"there is no bearer token: {_source} {what}", cause);

    private static string ReadFile(string path)
    {
        using var file = File.OpenText(path);
        var text = new char[MaxLength + 1];
        return new string(text, 0, file.ReadBlock(text));
    }

    private sealed record Reading(CacheResult<string> Token, long ReadAt);
}
