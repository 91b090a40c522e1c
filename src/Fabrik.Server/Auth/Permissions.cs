namespace Fabrik.Server.Auth;

/// <summary>What a principal may do; the same on every protocol.</summary>
[Flags]
public enum Permissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>cache:read</c>: get, head, exists.</summary>
    Read = 1,

    /// <summary><c>cache:write</c>: store new entries.</summary>
    Write = 2,

    /// <summary><c>cache:delete</c>: remove entries.</summary>
    Delete = 4,

    /// <summary><c>cache:overwrite</c>: replace what an input-keyed entry holds.</summary>
    Overwrite = 8,

    /// <summary><c>admin</c>: metrics, query and admin APIs.</summary>
    Admin = 16,

    /// <summary>All of them: who comes in where no token is required.</summary>
    All = Read | Write | Delete | Overwrite | Admin,
}
