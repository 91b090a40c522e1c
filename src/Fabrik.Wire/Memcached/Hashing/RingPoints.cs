using System.Numerics;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>The points of a ring, in order, each with its owner.</summary>
internal sealed class RingPoints
{
    private readonly uint[] _values;
    private readonly int[] _owners;

    // The index of the first point whose upper bits are not below those of the place in this table.
    private readonly int[] _starts;
    private readonly int _shift;

    /// <summary>Puts them in order.</summary>
    /// <param name="points">Points in any order; of equal ones the one with the lowest owner is found.</param>
    public RingPoints(List<RingPoint> points)
    {
        points.Sort();
        _values = [.. points.Select(static point => point.Value)];
        _owners = [.. points.Select(static point => point.Owner)];
        var bits = Math.Clamp(BitOperations.Log2((uint)_values.Length) + 1, 1, 20);
        _shift = 32 - bits;
        _starts = new int[1 << bits];
        for (int slot = 0, at = 0; slot < _starts.Length; slot++)
        {
            while (at < _values.Length && _values[at] < (uint)slot << _shift)
            {
                at++;
            }

            _starts[slot] = at;
        }
    }

    public int Count => _values.Length;

    /// <summary>The place of the first point that is not below a hash, after the last one the first of all.</summary>
    public RingPlace Find(uint hash)
    {
        var values = _values;
        var at = _starts[hash >> _shift];
        while (at < values.Length && values[at] < hash)
        {
            at++;
        }

        if (at == values.Length)
        {
            at = 0;
        }

        return new RingPlace(_owners[at], hash, values[at]);
    }

    /// <summary>The points of those who are there.</summary>
    public RingPoints Among(ReadOnlySpan<bool> usable)
    {
        var points = new List<RingPoint>(_values.Length);
        for (var i = 0; i < _values.Length; i++)
        {
            if (usable[_owners[i]])
            {
                points.Add(new RingPoint(_values[i], _owners[i]));
            }
        }

        return new RingPoints(points);
    }
}

/// <summary>A point of a ring: the keys up to it belong to its owner.</summary>
/// <param name="Value">Where it is.</param>
/// <param name="Owner">The index of the member.</param>
internal readonly record struct RingPoint(uint Value, int Owner) : IComparable<RingPoint>
{
    public int CompareTo(RingPoint other)
    {
        var byValue = Value.CompareTo(other.Value);
        return byValue != 0 ? byValue : Owner.CompareTo(other.Owner);
    }
}
