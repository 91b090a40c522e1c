namespace Fabrik.Server.Auth.Keys;

/// <summary>Reads a whole stream of keys, but no more than one may have.</summary>
internal static class BoundedReader
{
    /// <summary>The bytes, or <see langword="null"/> where there are more than a source of keys may have.</summary>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, CancellationToken ct)
    {
        using MemoryStream whole = new();
        var buffer = new byte[8192];
        int count;
        while ((count = await stream.ReadAsync(buffer, ct)) > 0)
        {
            if (whole.Length + count > AuthLimits.KeySourceBytes)
            {
                return null;
            }

            whole.Write(buffer, 0, count);
        }

        return whole.ToArray();
    }
}
