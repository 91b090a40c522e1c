namespace Fabrik.Cache.Eviction;

/// <summary>
/// An array that grows without copying its elements, so that no insertion pays for ten million others: only the
/// directory of segments (one reference for 8192 elements) is ever copied.
/// </summary>
internal sealed class SegmentedArray<T>
    where T : struct
{
    private const int Shift = 13;
    private const int SegmentLength = 1 << Shift;
    private const int Mask = SegmentLength - 1;

    private T[][] _segments = [];
    private int _segmentCount;

    /// <summary>The element at an index below what <see cref="Reserve"/> made room for.</summary>
    public ref T this[int index] => ref _segments[index >> Shift][index & Mask];

    /// <summary>Makes room for the elements below <paramref name="length"/>; new ones are all zero.</summary>
    public void Reserve(int length)
    {
        while ((long)_segmentCount << Shift < length)
        {
            if (_segmentCount == _segments.Length)
            {
                Array.Resize(ref _segments, Math.Max(4, _segments.Length * 2));
            }

            _segments[_segmentCount++] = new T[SegmentLength];
        }
    }
}
