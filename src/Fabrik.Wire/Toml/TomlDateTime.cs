namespace Fabrik.Wire.Toml;

/// <summary>Which of the four date and time types a value has.</summary>
public enum TomlDateTimeKind
{
    /// <summary>A date and a time with an offset from UTC.</summary>
    OffsetDateTime,

    /// <summary>A date and a time, of no known offset.</summary>
    LocalDateTime,

    /// <summary>A date.</summary>
    LocalDate,

    /// <summary>A time.</summary>
    LocalTime,
}

/// <summary>
/// A date, a time, or both (RFC 3339). Kept as its fields: the year 0, the leap second and offsets up to 23:59 are
/// valid, and the types of the base library have no room for them.
/// </summary>
public sealed class TomlDateTime(TomlPosition position, TomlDateTimeKind type) : TomlValue(position)
{
    /// <summary>Which fields count.</summary>
    public TomlDateTimeKind Type { get; } = type;

    /// <summary>0 to 9999.</summary>
    public int Year { get; init; }

    /// <summary>1 to 12.</summary>
    public int Month { get; init; }

    /// <summary>1 to the month's length.</summary>
    public int Day { get; init; }

    /// <summary>0 to 23.</summary>
    public int Hour { get; init; }

    /// <summary>0 to 59.</summary>
    public int Minute { get; init; }

    /// <summary>0 to 60 (a leap second).</summary>
    public int Second { get; init; }

    /// <summary>0 to 999,999,999; further digits of the fraction are cut off, as the specification says.</summary>
    public int Nanosecond { get; init; }

    /// <summary>Minutes east of UTC.</summary>
    public int OffsetMinutes { get; init; }

    /// <inheritdoc/>
    public override string Kind => "a date or time";
}
