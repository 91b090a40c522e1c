using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>
/// Paths, made absolute: relative to the folder of the configuration file that names them, or else to the working
/// directory; <c>~/</c> is the user's home. Empty stands for "not set".
/// </summary>
internal sealed class PathType : TextualType<string>
{
    public override string Name => "path";

    public override string Expected => "a path";

    protected override bool TryParse(RawScalar scalar, ValueContext context, out string value)
    {
        value = scalar.Text;
        if (value.Length == 0)
        {
            return true;
        }

        if (value.Contains('\0'))
        {
            return false;
        }

        if (value == "~" || value.StartsWith("~/", StringComparison.Ordinal))
        {
            value = context.Home is { } home ? Path.Join(home, value[1..]) : value;
        }

        value = Path.GetFullPath(value, context.BaseDirectory(scalar.Origin));
        return true;
    }

    protected override string Format(string value) => value;
}
