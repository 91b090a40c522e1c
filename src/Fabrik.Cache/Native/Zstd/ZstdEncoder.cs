namespace Fabrik.Cache.Native.Zstd;

/// <summary>
/// Makes one zstd frame of content that comes piece by piece, fast and in memory that does not grow with it: some
/// 2 MiB. Not thread-safe.
/// </summary>
public sealed class ZstdEncoder : IDisposable
{
    // zstd.h: ZSTD_c_compressionLevel, ZSTD_reset_session_only, ZSTD_e_continue, ZSTD_e_end.
    private const int LevelParameter = 100;
    private const int ResetSession = 1;
    private const int Continue = 0;
    private const int End = 2;

    /// <summary>The network is mostly faster than a higher level.</summary>
    private const int Level = 1;

    private readonly ZstdCompressor _context;
    private bool _isDisposed;

    /// <summary>Begins a frame, which tells the size of its content.</summary>
    /// <param name="contentSize">Bytes that will be given, exactly.</param>
    /// <exception cref="InvalidOperationException">There is no memory.</exception>
    public ZstdEncoder(long contentSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contentSize);
        _context = ZstdPool.Encoders.Rent();
        Check(ZstdNative.PledgeSize(_context, (ulong)contentSize));
    }

    /// <summary>Encodes what fits.</summary>
    /// <param name="source">The next content.</param>
    /// <param name="destination">Where the frame's next bytes go.</param>
    /// <param name="isLast">Whether nothing follows, so that the frame ends.</param>
    /// <param name="consumed">Bytes of the source that are done with.</param>
    /// <param name="written">Bytes of the frame.</param>
    /// <returns>
    /// Whether all is done: the source is consumed and, behind the last one, the frame has ended. Else the destination
    /// is full, and this is called again with what is left.
    /// </returns>
    /// <exception cref="InvalidOperationException">The content has another size than was said.</exception>
    public unsafe bool Encode(
        ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var input = new ZstdBuffer(from, source.Length);
            var output = new ZstdBuffer(to, destination.Length);
            var left = Check(ZstdNative.CompressStream(_context, ref output, ref input, isLast ? End : Continue));
            (consumed, written) = ((int)input.Position, (int)output.Position);
            return consumed == source.Length && (!isLast || left == 0);
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _ = ZstdNative.ResetCompressor(_context, ResetSession);
            ZstdPool.Encoders.Return(_context);
        }
    }

    internal static ZstdCompressor CreateContext()
    {
        var context = new ZstdCompressor();
        if (!context.IsInvalid)
        {
            Check(ZstdNative.SetCompression(context, LevelParameter, Level));
        }

        return context;
    }

    private static nuint Check(nuint code) => ZstdNative.IsError(code) == 0
        ? code
        : throw new InvalidOperationException($"zstd could not compress a stream: {ZstdDecompressor.NameOf(code)}");
}
