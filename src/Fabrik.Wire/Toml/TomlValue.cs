namespace Fabrik.Wire.Toml;

/// <summary>
/// A value of a document: a scalar, an array or a table. Closed: the types in this folder are all there are.
/// </summary>
public abstract class TomlValue
{
    private protected TomlValue(TomlPosition position) => Position = position;

    /// <summary>Where the value begins; for a table its header or its first key.</summary>
    public TomlPosition Position { get; }

    /// <summary>What the value is, with its article, for an error message: <c>a string</c>, <c>an array</c>.</summary>
    public abstract string Kind { get; }
}

/// <summary>A string of any of the four forms.</summary>
public sealed class TomlString(TomlPosition position, string value) : TomlValue(position)
{
    /// <summary>The text, escapes resolved.</summary>
    public string Value { get; } = value;

    /// <inheritdoc/>
    public override string Kind => "a string";
}

/// <summary>An integer of 64 bits, of any base.</summary>
public sealed class TomlInteger(TomlPosition position, long value) : TomlValue(position)
{
    /// <summary>The number.</summary>
    public long Value { get; } = value;

    /// <inheritdoc/>
    public override string Kind => "an integer";
}

/// <summary>A float of 64 bits, infinities and NaN included.</summary>
public sealed class TomlFloat(TomlPosition position, double value) : TomlValue(position)
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    public override string Kind => "a float";
}

/// <summary>A boolean.</summary>
public sealed class TomlBoolean(TomlPosition position, bool value) : TomlValue(position)
{
    /// <summary>The truth.</summary>
    public bool Value { get; } = value;

    /// <inheritdoc/>
    public override string Kind => "a boolean";
}
