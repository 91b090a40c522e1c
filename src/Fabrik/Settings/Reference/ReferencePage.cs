using System.Globalization;
using System.Text;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings.Reference;

/// <summary>The reference page of the documentation, <c>docs/configuration.md</c>.</summary>
internal static class ReferencePage
{
    private const string Introduction = """
        # Configuration

        <!-- Generated from the declarations in src/Fabrik/Settings/Schema by `fabrik config reference`. Do not edit. -->

        Every setting can be given in four ways. The first that gives it wins:

        1. a flag: `--config-<section>-<key> value` or `--config-<section>-<key>=value`, `_` written as `-`
        2. an environment variable: `FABRIK_CONFIG_<SECTION>_<KEY>`
        3. the configuration file
        4. the default

        `fabrik config show` prints every effective value and where it comes from; `fabrik config validate` reports
        everything that is wrong at once, with file, line and column.

        ## The file

        `--config` or `FABRIK_CONFIG_PATH` names it. Otherwise it is the first of `fabrik.toml`, `.fabrik.toml`,
        `fabrik.yaml`, `fabrik.yml`, `fabrik.json` in the working directory or the nearest parent that has one, or
        else `$XDG_CONFIG_HOME/fabrik/config.toml` (or `.yaml`, `.yml`, `.json`). Without any the defaults hold.

        The extension names the format: TOML (1.1, which takes all of 1.0), YAML (the scalars of the 1.2 core schema;
        anchors, but no merge keys) or JSON (without comments). All three have the same keys. A file may be 1 MiB
        large and 32 levels deep. `$schema` at its top is ignored; `docs/fabrik.schema.json` is the schema for editors.

        In strings of the file, `${NAME}` is the environment variable of that name, which must be set;
        `${NAME:-text}` gives a default, and `$$` is a dollar sign. A string that holds a variable may stand for a
        value of any type: `port = "${PORT}"`.

        Where the name of a section has a part `<name>`, the file gives its tables names. Flags and variables set what
        is in a table that the file has; a `-` in its name is a `_` in a variable.

        A key or section that is unknown is an error, and so is a variable `FABRIK_CONFIG_…` or a flag `--config-…`
        that belongs to no setting: a misspelt setting is never ignored.

        A change of the file is noticed within seconds, links that are swapped included; SIGHUP reloads at once. A
        configuration with errors is refused as a whole, and the old one stays. Settings marked *at once* follow a
        reload; the others wait for a restart.

        ## Types

        | type | written as |
        |---|---|
        | size | `"10GB"` (powers of 1000), `"512MiB"` (powers of 1024), or an integer that counts bytes |
        | duration | `"30s"`, `"1h30m"`, `"7d"`, `"500ms"`; units `w d h m s ms`, larger ones first |
        | address | `"127.0.0.1:8080"`, `"[::1]:8080"`, `"*:8080"` (every interface), `"unix:/run/fabrik.sock"` |
        | host | an IP address, `"localhost"` or `"*"` |
        | path | relative to the file that names it, or to the working directory from a flag or variable; `~/` is the home |
        | list | `["a", "b"]`; from a flag or variable `a,b`, or one element by its index: `FABRIK_CONFIG_AUTH_AUDIENCE_0` |

        """;

    /// <summary>Writes the page.</summary>
    public static string Write(SettingsSchema schema)
    {
        StringBuilder page = new(Introduction);
        foreach (SettingsSection section in schema.Sections)
        {
            WriteSection(page, section);
        }

        WriteAliases(page, schema);
        return page.ToString();
    }

    private static void WriteSection(StringBuilder page, SettingsSection section)
    {
        string path = section.Path.Replace("[]", "", StringComparison.Ordinal);
        string aliases = section.Aliases.Count == 0 ? "" : $" Also `{string.Join("`, `", section.Aliases)}`.";
        string flags = $"{SettingsFlags.NameOf(section.Path)}-";
        string variables = $"{SettingsVariables.NameOf(section.Path)}_";
        page.Append(CultureInfo.InvariantCulture, $"""

            ## {(section.IsArray ? $"[[{path}]]" : $"[{Escaped(path)}]")}

            {section.Help}{aliases} Flags begin with `{flags}`, variables with `{variables}`.

            | key | type | default | reload | meaning |
            |---|---|---|---|---|

            """);
        foreach (Setting setting in section.Settings)
        {
            WriteRow(page, setting);
        }
    }

    private static void WriteRow(StringBuilder page, Setting setting)
    {
        string names = string.Join(", also ", setting.Aliases.Prepend(setting.Name).Select(name => $"`{name}`"));
        string reload = setting.IsHot ? "at once" : "restart";
        string secret = setting.IsSecret ? " Never shown." : "";
        string fallback = setting.IsRequired ? "required" : $"`{setting.DefaultText}`";
        page.Append(
            CultureInfo.InvariantCulture,
            $"| {names} | {Cell(setting.Type.Name)} | {Cell(fallback)} | {reload} | {Cell(setting.Help)}{secret} |\n");
    }

    private static void WriteAliases(StringBuilder page, SettingsSchema schema)
    {
        if (schema.FlagAliases.Count == 0)
        {
            return;
        }

        page.Append("\n## Short and older flags\n\n| flag | variable | stands for |\n|---|---|---|\n");
        foreach (FlagAlias alias in schema.FlagAliases)
        {
            string variable = alias.Variable is null ? "" : $"`{alias.Variable}`";
            page.Append(CultureInfo.InvariantCulture, $"| `{alias.Flag}` | {variable} | `{alias.Setting.Key}` |\n");
        }
    }

    // In a heading a name between angle brackets would be taken for HTML.
    private static string Escaped(string path) => path.Replace("<", "\\<", StringComparison.Ordinal);

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
