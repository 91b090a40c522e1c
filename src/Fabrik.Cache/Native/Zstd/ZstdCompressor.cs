using System.Runtime.InteropServices;

namespace Fabrik.Cache.Native.Zstd;

/// <summary>A compression context, good for any number of frames one after the other. Not thread-safe.</summary>
internal sealed class ZstdCompressor : SafeHandle
{
    public ZstdCompressor()
        : base(invalidHandleValue: 0, ownsHandle: true) => SetHandle(ZstdNative.CreateCompressor());

    public override bool IsInvalid => handle == 0;

    /// <summary>The room that a frame of any content of some length needs at most.</summary>
    public static int Bound(int length) => checked((int)ZstdNative.CompressBound((nuint)length));

    /// <summary>Compresses into one frame that tells its content size and carries no checksum.</summary>
    /// <returns>The frame's length.</returns>
    /// <exception cref="InvalidOperationException">
    /// The destination is smaller than <see cref="Bound"/> and too small, or there is no memory.
    /// </exception>
    public unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination, int level)
    {
        nuint code;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            code = ZstdNative.Compress(this, to, (nuint)destination.Length, from, (nuint)source.Length, level);
        }

        return ZstdNative.IsError(code) == 0
            ? (int)code
            : throw new InvalidOperationException(
                $"zstd could not compress {source.Length} bytes: {ZstdDecompressor.NameOf(code)}");
    }

    protected override bool ReleaseHandle()
    {
        _ = ZstdNative.FreeCompressor(handle);
        return true;
    }
}
