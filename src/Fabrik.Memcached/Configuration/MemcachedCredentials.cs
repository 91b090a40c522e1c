namespace Fabrik.Memcached.Configuration;

/// <summary>What memcached knows a client by.</summary>
public sealed record MemcachedCredentials(string User, string Password)
{
    /// <summary>The user only: a password is in no log.</summary>
    public override string ToString() => User;
}
