using System.Text;
using Fabrik.Settings.Values;

namespace Fabrik.Fuzz.Targets;

/// <summary>Sizes, durations and addresses: what is taken reads back from how it is written.</summary>
internal sealed class SettingValueTarget : IFuzzTarget
{
    public string Name => "setting-value";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "1.5GiB"u8.ToArray(),
        "1h30m500ms"u8.ToArray(),
        "[::1]:8080"u8.ToArray(),
        "127.0.0.1:80"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.Latin1.GetString(input);
        if (ByteSize.TryParse(text, out ByteSize size))
        {
            Expect(ByteSize.TryParse(size.ToString(), out ByteSize again) && again == size, text);
        }

        if (Duration.TryParse(text, out TimeSpan span))
        {
            Expect(Duration.TryParse(Duration.Format(span), out TimeSpan again) && again == span, text);
        }

        if (BindAddress.Parse(text) is { } address)
        {
            Expect(BindAddress.Parse(address.ToString()) == address, text);
        }
    }

    private static void Expect(bool reads, string text)
    {
        if (!reads)
        {
            throw new InvalidDataException($"'{text}' does not read back");
        }
    }
}
