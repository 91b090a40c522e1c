using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Proxies.Origins;

/// <summary>What an origin gave: a value, or the fault that took its place.</summary>
/// <typeparam name="T">The value's type.</typeparam>
internal readonly struct OriginResult<T>
{
    private readonly T _value;

    private OriginResult(T value, OriginFault? fault)
    {
        _value = value;
        Fault = fault;
    }

    /// <summary>The fault, or null.</summary>
    public OriginFault? Fault { get; }

    /// <summary>Takes the result apart: true with the value, or false with the fault.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out OriginFault? fault)
    {
        value = _value;
        fault = Fault;
        return fault is null;
    }

    /// <summary>A success.</summary>
    public static implicit operator OriginResult<T>(T value) => new(value, null);

    /// <summary>A failure.</summary>
    public static implicit operator OriginResult<T>(OriginFault fault) => new(default!, fault);
}
