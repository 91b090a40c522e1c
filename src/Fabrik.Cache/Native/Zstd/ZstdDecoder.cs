namespace Fabrik.Cache.Native.Zstd;

/// <summary>
/// Reads zstd frames that come piece by piece, any number of them, in memory that does not grow with them. The bytes
/// may be anything. Not thread-safe.
/// </summary>
public sealed class ZstdDecoder : IDisposable
{
    /// <summary>
    /// The largest window, as a power of two: 8 MiB, which every decoder should take (RFC 8878, section 3.1.1.1.2), and
    /// what all levels up to 19 keep to.
    /// </summary>
    public const int MaxWindowLog = 23;

    // zstd.h: ZSTD_d_windowLogMax, ZSTD_reset_session_only.
    private const int WindowParameter = 100;
    private const int ResetSession = 1;

    private readonly ZstdDecompressor _context = ZstdPool.Decoders.Rent();
    private bool _isDisposed;

    /// <summary>Whether what was read ends with a whole frame, or nothing was read.</summary>
    public bool IsBetweenFrames { get; private set; } = true;

    /// <summary>
    /// Decodes what fits. A destination that is full may be followed by more, also without another source.
    /// </summary>
    /// <param name="source">The next bytes of the frames.</param>
    /// <param name="destination">Where the content goes; not empty.</param>
    /// <param name="consumed">Bytes of the source that are done with.</param>
    /// <param name="written">Bytes of content.</param>
    /// <param name="error">What is wrong with the frames; nothing can follow.</param>
    /// <returns>Whether nothing is wrong.</returns>
    public unsafe bool TryDecode(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, out string error)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        (consumed, written, error) = (0, 0, "");
        if (source.IsEmpty && IsBetweenFrames)
        {
            // zstd would begin the next frame.
            return true;
        }

        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var input = new ZstdBuffer(from, source.Length);
            var output = new ZstdBuffer(to, destination.Length);
            var code = ZstdNative.DecompressStream(_context, ref output, ref input);
            (consumed, written) = ((int)input.Position, (int)output.Position);
            var isGood = ZstdNative.IsError(code) == 0;
            IsBetweenFrames = isGood && code == 0;
            error = isGood ? "" : ZstdDecompressor.NameOf(code);
            return isGood;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _ = ZstdNative.ResetDecompressor(_context, ResetSession);
            ZstdPool.Decoders.Return(_context);
        }
    }

    internal static ZstdDecompressor CreateContext()
    {
        var context = new ZstdDecompressor();
        if (!context.IsInvalid)
        {
            var code = ZstdNative.SetDecompression(context, WindowParameter, MaxWindowLog);
            return ZstdNative.IsError(code) == 0
                ? context
                : throw new InvalidOperationException($"zstd takes no limit: {ZstdDecompressor.NameOf(code)}");
        }

        return context;
    }
}
