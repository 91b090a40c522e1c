using System.Text;
using Fabrik.Wire.Http;

namespace Fabrik.Fuzz.Targets;

/// <summary>Dates: what is read is the same when it is written and read again.</summary>
internal sealed class HttpDateTarget : IFuzzTarget
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public string Name => "http-date";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "Sun, 06 Nov 1994 08:49:37 GMT"u8.ToArray(), "Sunday, 06-Nov-94 08:49:37 GMT"u8.ToArray(),
        "Sun Nov  6 08:49:37 1994"u8.ToArray(), "Fri, 31 Dec 9999 23:59:60 GMT"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        if (!HttpDate.TryParse(text, Now, out var date))
        {
            return;
        }

        var written = HttpDate.Format(date);
        if (!HttpDate.TryParse(written, out var again) || again != date)
        {
            throw new InvalidDataException($"'{text}' is written as '{written}', which is {again}");
        }
    }
}
