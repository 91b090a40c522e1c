using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Cli;

/// <summary>Reads the values of options, with errors that say what was expected.</summary>
/// <remarks>The library's own readings neither name the option nor, for addresses, survive trimming.</remarks>
internal static class OptionValue
{
    /// <summary>Reads one value.</summary>
    public delegate bool TryRead<T>(string text, [MaybeNullWhen(false)] out T value);

    /// <summary>Reads the only value of an option; a wrong one is an error of the command line.</summary>
    public static T? Read<T>(ArgumentResult given, TryRead<T> tryRead, string expected)
    {
        string text = given.Tokens[0].Value;
        if (tryRead(text, out T? value))
        {
            return value;
        }

        string name = given.Parent is OptionResult option ? option.Option.Name : given.Argument.Name;
        given.AddError($"{name}: expected {expected}, found \"{text}\"");
        return default;
    }
}
