using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>Addresses to listen on, with a port.</summary>
internal sealed class BindType : TextualType<BindAddress>
{
    public override string Name => "address";

    public override string Expected =>
        "an address to listen on such as \"127.0.0.1:8080\", \"[::1]:8080\", \"*:8080\" or \"unix:/run/fabrik.sock\"";

    protected override bool TryParse(RawScalar scalar, ValueContext context, out BindAddress value)
    {
        value = BindAddress.Parse(scalar.Text)!;
        return value is not null;
    }

    protected override string Format(BindAddress value) => value.ToString();
}

/// <summary>Addresses to listen on, without a port; empty stands for "not set".</summary>
internal sealed class HostType : TextualType<string>
{
    public override string Name => "host";

    public override string Expected => "an IP address without a port, \"localhost\" or \"*\"";

    protected override bool TryParse(RawScalar scalar, ValueContext context, out string value)
    {
        string text = scalar.Text;
        value = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;
        return value.Length == 0 || BindAddress.IsHost(value);
    }

    protected override string Format(string value) => value;
}
