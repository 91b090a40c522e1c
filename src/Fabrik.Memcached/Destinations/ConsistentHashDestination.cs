using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached.Hashing;

namespace Fabrik.Memcached.Destinations;

/// <summary>Destinations that keys are spread over by their names, each with the same weight.</summary>
internal sealed class ConsistentHashDestination : Destination
{
    private readonly KeyChoice _choice;
    private readonly Destination[] _children;
    private readonly IRing _ring;

    /// <summary>Over one child or more.</summary>
    /// <exception cref="ArgumentException">There are none, or the hash tag is not two characters.</exception>
    public ConsistentHashDestination(HashingOptions hashing, Destination[] children)
    {
        _choice = new KeyChoice(hashing);
        _children = children;
        _ring = Rings.Create(hashing, [.. children.Select(static child => new RingMember(child.Name))]);
    }

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request) =>
        _children[_choice.Find(_ring, request.RoutingKey).Member].SendAsync(request);

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path)
    {
        var place = _choice.Find(_ring, key);
        path.Add($"{Name}: {_choice.Describe(place)}, backend {_children[place.Member].Name}");
        path.Enter(_children[place.Member], key);
    }
}
