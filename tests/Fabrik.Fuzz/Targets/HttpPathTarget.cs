using System.Text;
using Fabrik.Server.Adapters.Http;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Request targets: what is taken has no segment that a file system or a proxy could read as another place, and is the
/// same path when it is escaped again.
/// </summary>
internal sealed class HttpPathTarget : IFuzzTarget
{
    private const int MaxBytes = 1024;

    public string Name => "http-path";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "/http/a/b%20c/%C3%A9?x=1"u8.ToArray(), "/webdav/"u8.ToArray(), "http://host:1/http/a/"u8.ToArray(),
        "/http/%2e%2e/%2F..%2fa"u8.ToArray(), "/http/%25%32%46"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var target = Encoding.Latin1.GetString(input);
        if (HttpPath.Parse(target) is not { } path)
        {
            return;
        }

        if (Encoding.UTF8.GetByteCount(path.Path) > MaxBytes || path.Path.Any(char.IsControl))
        {
            throw new InvalidDataException($"'{target}' was taken as '{path.Path}'");
        }

        var segments = path.Path.Split('/');
        if (path.Path.Length > 0 && Array.Exists(segments, static segment => segment is "" or "." or ".."))
        {
            throw new InvalidDataException($"'{target}' has a segment that is no name: '{path.Path}'");
        }

        var written = "/http/" + string.Join('/', segments.Select(Uri.EscapeDataString))
            + (path.IsCollection && path.Path.Length > 0 ? "/" : "");
        if (HttpPath.Parse(written) != path)
        {
            throw new InvalidDataException($"'{target}' is {path}, but '{written}' is {HttpPath.Parse(written)}");
        }
    }
}
