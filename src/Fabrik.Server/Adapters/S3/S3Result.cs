using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Server.Adapters.S3;

/// <summary>A value, or the fault that the client is told instead.</summary>
/// <typeparam name="T">The value's type.</typeparam>
internal readonly struct S3Result<T>
{
    private readonly T _value;
    private readonly S3Fault? _fault;

    private S3Result(T value, S3Fault? fault)
    {
        _value = value;
        _fault = fault;
    }

    /// <summary>Takes the result apart: true with the value, or false with the fault.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out S3Fault? fault)
    {
        value = _value;
        fault = _fault;
        return fault is null;
    }

    /// <summary>A success.</summary>
    public static implicit operator S3Result<T>(T value) => new(value, null);

    /// <summary>A failure.</summary>
    public static implicit operator S3Result<T>(S3Fault fault) => new(default!, fault);
}
