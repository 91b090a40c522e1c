using Microsoft.Win32.SafeHandles;

namespace Fabrik.Server.Transport;

/// <summary>
/// A connection feature by which a response body goes to the socket without being copied. It is there on plain
/// HTTP/1.1 connections under Linux only; elsewhere a responder writes to the body as usual.
/// </summary>
/// <remarks>
/// Kestrel counts the bytes of a response as its body writer is advanced, but never looks at them. So a responder that
/// has started a response with a <c>Content-Length</c> announces here what the next advance stands for, advances the
/// body writer by that many bytes without having written any, and flushes:
/// <code>
/// await response.StartAsync();
/// direct.Announce(file, offset, count);
/// response.BodyWriter.GetMemory();
/// response.BodyWriter.Advance(count);
/// await response.BodyWriter.FlushAsync();
/// </code>
/// <see cref="DirectBodyWriter"/> does just that.
/// </remarks>
public interface IDirectBody
{
    /// <summary>The next advance by <paramref name="count"/> bytes stands for this part of a file.</summary>
    void Announce(SafeFileHandle file, long offset, int count);

    /// <summary>
    /// The next advance by the memory's length stands for it; it must not change before the flush ends.
    /// </summary>
    void Announce(ReadOnlyMemory<byte> bytes);
}
