using System.Net;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>Networks (<c>10.0.0.0/8</c>), or single addresses as networks of one.</summary>
internal sealed class NetworkType : TextualType<IPNetwork>
{
    public override string Name => "network";

    public override string Expected => "a network such as \"10.0.0.0/8\" or \"fd00::/8\", or an IP address";

    protected override bool TryParse(RawScalar scalar, ValueContext context, out IPNetwork value)
    {
        if (IPNetwork.TryParse(scalar.Text, out value))
        {
            return true;
        }

        bool isAddress = IPAddress.TryParse(scalar.Text, out IPAddress? address);
        value = isAddress ? new IPNetwork(address!, address!.GetAddressBytes().Length * 8) : default;
        return isAddress;
    }

    protected override string Format(IPNetwork value) => value.ToString();
}
