using System.Globalization;
using Fabrik.Memcached.Configuration;
using Fabrik.Wire.Memcached.Hashing;

namespace Fabrik.Memcached.Destinations;

/// <summary>How keys choose one of several: what of them is hashed, and by what.</summary>
internal sealed class KeyChoice
{
    private readonly HashTag _tag;
    private readonly string _hashName;

    /// <summary>As it is configured.</summary>
    /// <exception cref="ArgumentException">The hash tag is not two characters.</exception>
    public KeyChoice(HashingOptions options)
    {
        if (!HashTag.TryParse(options.HashTag, out _tag))
        {
            throw new ArgumentException(
                $"The hash tag '{options.HashTag}' is not two characters of ASCII.", nameof(options));
        }

        Options = options;
        _hashName = Rings.KeyHashOf(options)?.ToString() ?? "XXH3";
    }

    /// <summary>What it was made of.</summary>
    public HashingOptions Options { get; }

    /// <summary>Finds the place of a key.</summary>
    public RingPlace Find(IRing ring, ReadOnlySpan<byte> key) => ring.Find(_tag.Select(key));

    /// <summary>Says how a place was found, for people.</summary>
    public string Describe(RingPlace place)
    {
        var point = place.Point is { } value
            ? string.Create(CultureInfo.InvariantCulture, $", point 0x{value:x8}")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"ring {Options.Ring}, {_hashName} of the key 0x{place.Hash:x8}{point}");
    }
}
