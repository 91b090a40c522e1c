using System.Globalization;

namespace Fabrik.MemcachedBench;

/// <summary>What the command line says: <c>--name value</c>.</summary>
internal sealed class Arguments(string[] arguments)
{
    public string Text(string name, string otherwise)
    {
        var place = Array.IndexOf(arguments, "--" + name);
        return place >= 0 && place + 1 < arguments.Length ? arguments[place + 1] : otherwise;
    }

    public int Number(string name, int otherwise) =>
        int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
