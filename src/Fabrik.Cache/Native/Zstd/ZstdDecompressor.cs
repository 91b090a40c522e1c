using System.Runtime.InteropServices;

namespace Fabrik.Cache.Native.Zstd;

/// <summary>A decompression context, good for any number of frames one after the other. Not thread-safe.</summary>
internal sealed class ZstdDecompressor : SafeHandle
{
    public ZstdDecompressor()
        : base(invalidHandleValue: 0, ownsHandle: true) => SetHandle(ZstdNative.CreateDecompressor());

    public override bool IsInvalid => handle == 0;

    /// <summary>What zstd calls an error.</summary>
    public static unsafe string NameOf(nuint code) =>
        Marshal.PtrToStringUTF8((nint)ZstdNative.ErrorName(code)) ?? "unknown error";

    /// <summary>Decompresses whole frames into a destination of exactly their content's length.</summary>
    /// <param name="source">The frames; may be anything, damaged bytes too.</param>
    /// <param name="destination">Where the content goes.</param>
    /// <param name="error">What is wrong with the frames.</param>
    /// <returns>Whether they were whole and of this length.</returns>
    public unsafe bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out string error)
    {
        nuint code;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            code = ZstdNative.Decompress(this, to, (nuint)destination.Length, from, (nuint)source.Length);
        }

        if (ZstdNative.IsError(code) != 0)
        {
            error = NameOf(code);
            return false;
        }

        error = $"{code} bytes came out where {destination.Length} were expected";
        return code == (nuint)destination.Length;
    }

    protected override bool ReleaseHandle()
    {
        _ = ZstdNative.FreeDecompressor(handle);
        return true;
    }
}
