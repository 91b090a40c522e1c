using System.Buffers;
using System.Buffers.Text;

namespace Fabrik.Wire.Memcached;

/// <summary>Keys that lines cannot hold, and their base64 form for meta commands.</summary>
public static class MetaKey
{
    /// <summary>
    /// Whether a line can hold a key as it is. Keys of packets and decoded ones may have spaces and line ends, which a
    /// server would take for the end of the key, or for another command.
    /// </summary>
    public static bool IsPlain(ReadOnlySpan<byte> key) =>
        !key.ContainsAnyInRange((byte)0, (byte)' ') && !key.Contains((byte)0x7f);

    /// <summary>Encodes a key; the flag <c>b</c> has to be sent with it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">At least 4 bytes for each 3 that are begun.</param>
    /// <returns>Bytes written.</returns>
    public static int Encode(ReadOnlySpan<byte> key, Span<byte> destination) =>
        Base64.EncodeToUtf8(key, destination, out _, out int written) == OperationStatus.Done
            ? written : throw new ArgumentException("The destination is too small.", nameof(destination));

    /// <summary>Decodes a key that <see cref="CommandReader"/> has let through.</summary>
    /// <param name="encoded">The key as it was sent.</param>
    /// <param name="destination">At least three quarters as long.</param>
    /// <returns>Bytes written; 0 if it is not base64.</returns>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> destination) =>
        Base64.DecodeFromUtf8(encoded, destination, out _, out int written) == OperationStatus.Done ? written : 0;
}
