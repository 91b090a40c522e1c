using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>Any text; empty stands for "not set".</summary>
internal sealed class TextType : TextualType<string>
{
    public override string Name => "string";

    public override string Expected => "a string";

    protected override bool TryParse(RawScalar scalar, ValueContext context, out string value)
    {
        value = scalar.Text;
        return true;
    }

    protected override string Format(string value) => value;
}
