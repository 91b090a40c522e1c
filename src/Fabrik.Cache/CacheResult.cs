using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Cache;

/// <summary>What a tier answers: a value, or the error that took its place.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct CacheResult<T>
{
    private readonly T _value;

    private CacheResult(T value, CacheError? error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>The error, or <see langword="null"/> on success.</summary>
    public CacheError? Error { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is an error instead.</exception>
    public T Value => Error is null ? _value : throw new InvalidOperationException(Error.Message, Error.Cause);

    /// <summary>Takes the result apart: true with the value, or false with the error.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out CacheError? error)
    {
        value = _value;
        error = Error;
        return error is null;
    }

    /// <summary>A success.</summary>
    public static implicit operator CacheResult<T>(T value) => new(value, null);

    /// <summary>A failure.</summary>
    public static implicit operator CacheResult<T>(CacheError error) => new(default!, error);
}
