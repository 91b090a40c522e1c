using System.Runtime.InteropServices;

namespace Fabrik.Cache.Native.Zstd;

/// <summary><c>ZSTD_inBuffer</c> and <c>ZSTD_outBuffer</c>, which lie the same way.</summary>
/// <param name="start">The first byte.</param>
/// <param name="length">How many there are.</param>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZstdBuffer(byte* start, int length)
{
    public byte* Start = start;

    public nuint Length = (nuint)length;

    /// <summary>How many bytes were read or written.</summary>
    public nuint Position;
}
