using System.Text;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Reading;

/// <summary>
/// Expands <c>${NAME}</c> and <c>${NAME:-default}</c> in the strings of a file; <c>$$</c> is a dollar. A lone
/// <c>$</c> stays as it is. What a variable holds is not expanded again.
/// </summary>
internal sealed class VariableExpansion(SettingsEnvironment environment, List<SettingError> errors)
{
    /// <summary>
    /// Expands a scalar, or the scalars of a list; null after an error. Lists in lists stay as they are: no setting is
    /// one, and YAML's aliases can make them cost more than there is memory.
    /// </summary>
    public RawNode? Expand(RawNode node, string key)
    {
        if (node is not RawList list)
        {
            return ExpandItem(node, key);
        }

        RawNode?[] items = [.. list.Items.Select(item => ExpandItem(item, key))];
        return items.Contains(null) ? null : new RawList(list.Origin, items!);
    }

    private RawNode? ExpandItem(RawNode node, string key) =>
        node is RawScalar { Kind: ScalarKind.Text } scalar && scalar.Text.Contains('$')
            ? ExpandScalar(scalar, key)
            : node;

    private RawScalar? ExpandScalar(RawScalar scalar, string key)
    {
        StringBuilder expanded = new();
        ReadOnlySpan<char> rest = scalar.Text;
        bool hasVariable = false;
        int dollar;
        while ((dollar = rest.IndexOf('$')) >= 0)
        {
            expanded.Append(rest[..dollar]);
            rest = rest[(dollar + 1)..];
            if (rest.StartsWith("{"))
            {
                int close = rest.IndexOf('}');
                if (close < 0)
                {
                    errors.Add(new SettingError(scalar.Origin, key, "expected \"}\" after \"${\", found none"));
                    return null;
                }

                if (Resolve(rest[1..close].ToString()) is not { } value)
                {
                    errors.Add(new SettingError(scalar.Origin, key, Missing(rest[1..close])));
                    return null;
                }

                expanded.Append(value);
                hasVariable = true;
                rest = rest[(close + 1)..];
                continue;
            }

            expanded.Append('$');
            rest = rest.StartsWith("$") ? rest[1..] : rest;
        }

        // A variable has no type: port = "${PORT}" is a number as much as a string.
        ScalarKind kind = hasVariable ? ScalarKind.Untyped : ScalarKind.Text;
        return new RawScalar(scalar.Origin, kind, scalar.Written) { Text = expanded.Append(rest).ToString() };
    }

    private static string Missing(ReadOnlySpan<char> name) => name.IsEmpty
        ? "expected a variable's name in \"${}\", found none"
        : $"expected the environment variable {name} to be set, or a default as in \"${{{name}:-…}}\"";

    private string? Resolve(string expression)
    {
        int separator = expression.IndexOf(":-", StringComparison.Ordinal);
        return separator < 0
            ? environment.Variables.GetValueOrDefault(expression)
            : environment.Find(expression[..separator]) ?? expression[(separator + 2)..];
    }
}
