using System.Text;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Fuzz.Targets;

/// <summary>References in <c>Location</c>: what is resolved is a path of the origin, without a fragment.</summary>
internal sealed class LocationTarget : IFuzzTarget
{
    private static readonly RequestTarget Target = new("http", "a:8080", "/b//c/%2E./d?e=/f");

    public string Name => "location";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "http://a:8080/x/../y?z#f"u8.ToArray(), "//a:8080?x"u8.ToArray(), "x/./y"u8.ToArray(), "?q"u8.ToArray(),
        "/../.././x/.."u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var reference = Encoding.Latin1.GetString(input);
        if (Target.ResolveSameOrigin(reference) is { } resolved
            && (resolved is not ['/', ..] || resolved.Contains('#', StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"'{reference}' is resolved to '{resolved}'");
        }
    }
}
