using System.Text;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Selecting fields: a response is selected by the request that it answered, also by way of what is kept of its key.
/// </summary>
internal sealed class SelectingFieldTarget : IFuzzTarget
{
    private static readonly string[] Names = ["Foo", "Accept", "Accept-Language", "Accept-Encoding"];

    public string Name => "selecting-field";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "de, en;q=0.5, *;q=0"u8.ToArray(), "1 , 2,,\"a, \\\" b\", c "u8.ToArray(),
        "text/html; level=1, */*"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var value = Encoding.Latin1.GetString(input);
        foreach (var name in Names)
        {
            HeaderField[] request = [new(name, value)];
            var key = VaryKey.Of([new HeaderField("Vary", name)], request);
            var again = VaryKey.Of(key.Fields);
            if (!key.Matches(request) || !again.Matches(request) || !again.IsSameAs(key))
            {
                throw new InvalidDataException($"{name}: '{value}' does not select its own answer");
            }

            key.MatchesByLanguage(request, "de");
        }
    }
}
