namespace Fabrik.Wire.Memcached;

/// <summary>Reads what a client sends by the SASL mechanism PLAIN (RFC 4616).</summary>
public static class SaslPlainCredentials
{
    /// <summary>Finds name and password in the value of a SASL AUTH.</summary>
    /// <returns>False if it is not of that form.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out Range user, out Range password)
    {
        (user, password) = (default, default);
        int first = value.IndexOf((byte)0);
        int second = first < 0 ? -1 : value[(first + 1)..].IndexOf((byte)0);
        if (second < 0 || value[(first + second + 2)..].Contains((byte)0))
        {
            return false;
        }

        user = (first + 1)..(first + 1 + second);
        password = (first + second + 2)..value.Length;
        return true;
    }
}
