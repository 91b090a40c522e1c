using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>Absolute URLs of some schemes, or none.</summary>
internal sealed class UrlType(params IReadOnlyList<string> schemes) : TextualType<Uri?>
{
    public override string Name => "URL";

    public override string Expected =>
        $"a URL that begins with {string.Join(" or ", schemes.Select(scheme => $"{scheme}://"))}";

    public override void WriteSchema(Utf8JsonWriter json)
    {
        base.WriteSchema(json);
        json.WriteString("format", "uri");
    }

    protected override bool TryParse(RawScalar scalar, ValueContext context, out Uri? value)
    {
        value = null;
        return scalar.Text.Length == 0
            || (Uri.TryCreate(scalar.Text, UriKind.Absolute, out value)
                && schemes.Contains(value.Scheme, StringComparer.Ordinal));
    }

    // A user name, a password or a token in the query is nobody's business.
    protected override string Format(Uri? value)
    {
        if (value is null)
        {
            return "";
        }

        UriComponents shown = UriComponents.SchemeAndServer | UriComponents.Path;
        string text = value.GetComponents(shown, UriFormat.UriEscaped);
        return value.Query.Length > 0 ? $"{text}?***" : text;
    }
}
