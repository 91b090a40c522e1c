using System.Globalization;

namespace Fabrik.Observability.Logs;

/// <summary>What the formats look for among a message's values.</summary>
internal static class LogFields
{
    /// <summary>The template of the message, which the logging library adds to its values.</summary>
    public const string Template = "{OriginalFormat}";

    private const string RequestIdName = "RequestId";

    /// <summary>The id of the request that the message belongs to.</summary>
    public static string? RequestId(IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        foreach ((string name, object? value) in fields)
        {
            if (name == RequestIdName)
            {
                return Text(value);
            }
        }

        return null;
    }

    /// <summary>Whether a value has a place of its own in a line.</summary>
    public static bool IsSpecial(string name) => name is Template or RequestIdName;

    /// <summary>A value as text.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
