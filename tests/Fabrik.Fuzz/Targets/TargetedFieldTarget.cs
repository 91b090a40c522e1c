using System.Text;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Targeted fields: what is well formed stays so with one more member, which counts, and is ill formed with something
/// that is none.
/// </summary>
internal sealed class TargetedFieldTarget : IFuzzTarget
{
    public string Name => "targeted-field";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "max-age=60, no-store, private=\"a\";x=1"u8.ToArray(),
        "a=(1 2.5 \"x\\\"\";b t);c, b=:AQ==:, d=@12, e=-7, f=?0, g=tok/en, h=%\"a\""u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var value = Encoding.Latin1.GetString(input);
        if (!Parse(value).IsTargeted)
        {
            return;
        }

        var more = Parse($"{value}, s-maxage=7");
        if (more.SharedMaxAge != TimeSpan.FromSeconds(7) || Parse($"{value}, &").IsTargeted)
        {
            throw new InvalidDataException($"'{value}' is well formed, but not with one more member");
        }
    }

    private static ResponseDirectives Parse(string value) =>
        ResponseDirectives.Parse([new HeaderField(ResponseDirectives.TargetedField, value)]);
}
