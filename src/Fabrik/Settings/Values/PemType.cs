using System.Security.Cryptography;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>A public key or certificate in PEM, written into the file itself; empty stands for "not set".</summary>
internal sealed class PemType : TextualType<string>
{
    public override string Name => "PEM";

    public override string Expected => "a public key in PEM (\"-----BEGIN PUBLIC KEY-----\" …)";

    public override bool TryRead(RawNode node, ValueContext context, out string value)
    {
        if (node is RawScalar { Kind: ScalarKind.Text or ScalarKind.Untyped } scalar && LooksPrivate(scalar.Text))
        {
            value = "";
            RawScalar hidden = new(scalar.Origin, ScalarKind.Text, "a private key");
            return context.Refuse(hidden, Expected);
        }

        return base.TryRead(node, context, out value);
    }

    protected override bool TryParse(RawScalar scalar, ValueContext context, out string value)
    {
        value = scalar.Text;
        return value.Length == 0
            || (PemEncoding.TryFind(value, out PemFields fields)
                && value[fields.Label] is "PUBLIC KEY" or "RSA PUBLIC KEY" or "CERTIFICATE");
    }

    protected override string Format(string value) => value;

    private static bool LooksPrivate(string text) => text.Contains("PRIVATE KEY", StringComparison.Ordinal);
}
