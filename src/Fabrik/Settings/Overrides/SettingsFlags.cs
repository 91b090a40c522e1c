using Fabrik.Settings.Schema;

namespace Fabrik.Settings.Overrides;

/// <summary>
/// Flags that set settings: <c>--config-&lt;section&gt;-&lt;key&gt; value</c> or <c>…=value</c>, and the aliases of
/// older documents. They follow from the schema, so they are taken out before the command line is parsed.
/// </summary>
internal sealed class SettingsFlags
{
    /// <summary>What every such flag begins with.</summary>
    public const string Prefix = "--config-";

    private SettingsFlags(
        IReadOnlyList<string> remaining, IReadOnlyList<string> taken, IReadOnlyList<Override> overrides)
    {
        Remaining = remaining;
        Taken = taken;
        Overrides = overrides;
    }

    /// <summary>What the flags set, in the order of the command line.</summary>
    public IReadOnlyList<Override> Overrides { get; }

    /// <summary>The command line without them.</summary>
    public IReadOnlyList<string> Remaining { get; }

    /// <summary>The words that were taken out, for a command line to the same effect.</summary>
    public IReadOnlyList<string> Taken { get; }

    /// <summary>
    /// Takes the flags out of a command line. What stands after <c>--</c> belongs to another program.
    /// </summary>
    public static SettingsFlags Extract(IReadOnlyList<string> arguments, SettingsSchema schema)
    {
        List<string> remaining = [];
        List<string> taken = [];
        List<Override> overrides = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                remaining.AddRange(arguments.Skip(i));
                break;
            }

            int equals = argument.IndexOf('=');
            string flag = equals < 0 ? argument : argument[..equals];
            FlagAlias? alias = schema.FlagAliases.FirstOrDefault(alias => alias.Flag == flag);
            if (alias is null && !flag.StartsWith(Prefix, StringComparison.Ordinal))
            {
                remaining.Add(argument);
                continue;
            }

            bool valueFollows = equals < 0
                && i + 1 < arguments.Count
                && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            taken.AddRange(arguments.Skip(i).Take(valueFollows ? 2 : 1));
            string text = equals >= 0 ? argument[(equals + 1)..] : valueFollows ? arguments[++i] : "true";
            overrides.Add(new Override(TokenOf(flag, alias), alias?.Convert?.Invoke(text) ?? text, Origin.Flag(flag))
            {
                IsBare = equals < 0 && !valueFollows,
            });
        }

        return new SettingsFlags(remaining, taken, overrides);
    }

    /// <summary>The flag of a setting, for descriptions: an array's index shows as <c>0</c>.</summary>
    public static string NameOf(string key) => Prefix + Dashed(SettingsVariables.TokenOf(key));

    /// <summary>The flag of a token.</summary>
    public static string Dashed(string token) => token.Replace('_', '-').ToLowerInvariant();

    private static string TokenOf(string flag, FlagAlias? alias) => alias is null
        ? flag[Prefix.Length..].Replace('-', '_').ToUpperInvariant()
        : SettingsVariables.TokenOf(alias.Setting.Key);
}
