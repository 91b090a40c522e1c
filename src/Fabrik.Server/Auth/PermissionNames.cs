namespace Fabrik.Server.Auth;

/// <summary>The permissions as tokens spell them.</summary>
public static class PermissionNames
{
    /// <summary>Every permission and its name in a token.</summary>
    public static IReadOnlyList<KeyValuePair<string, Permissions>> All { get; } =
    [
        new("cache:read", Permissions.Read),
        new("cache:write", Permissions.Write),
        new("cache:delete", Permissions.Delete),
        new("cache:overwrite", Permissions.Overwrite),
        new("admin", Permissions.Admin),
    ];

    /// <summary>The permission of that name; none for a name that is not known, which other services may use.</summary>
    public static Permissions Parse(ReadOnlySpan<char> name)
    {
        foreach (var (known, permission) in All)
        {
            if (name.SequenceEqual(known))
            {
                return permission;
            }
        }

        return Permissions.None;
    }

    /// <summary>The names of <paramref name="permissions"/>, with spaces between, as <c>scope</c> has them.</summary>
    public static string Format(Permissions permissions) =>
        string.Join(' ', All.Where(known => permissions.HasFlag(known.Value)).Select(known => known.Key));
}
