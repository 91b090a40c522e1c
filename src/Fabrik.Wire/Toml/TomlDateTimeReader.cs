namespace Fabrik.Wire.Toml;

/// <summary>Dates and times (RFC 3339, with a space allowed for the <c>T</c>).</summary>
internal static class TomlDateTimeReader
{
    /// <summary>Whether the token can be nothing but a date or a time: <c>dddd-</c> or <c>dd:</c>.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<char> token) =>
        (token.Length > 4 && token[4] == '-' && IsDigits(token[..4]))
        || (token.Length > 2 && token[2] == ':' && IsDigits(token[..2]));

    /// <summary>Reads the whole token, or gives null.</summary>
    public static TomlDateTime? Read(ReadOnlySpan<char> token, TomlPosition position, TomlVersion version)
    {
        Fields fields = default;
        if (token[2] == ':')
        {
            return TryTime(ref token, version, ref fields) && token.IsEmpty
                ? fields.ToValue(position, TomlDateTimeKind.LocalTime)
                : null;
        }

        if (!TryDate(ref token, ref fields))
        {
            return null;
        }

        if (token.IsEmpty)
        {
            return fields.ToValue(position, TomlDateTimeKind.LocalDate);
        }

        bool separated = token[0] is 'T' or 't' or ' ';
        token = token[1..];
        if (!separated || !TryTime(ref token, version, ref fields))
        {
            return null;
        }

        if (token.IsEmpty)
        {
            return fields.ToValue(position, TomlDateTimeKind.LocalDateTime);
        }

        return TryOffset(ref token, ref fields) && token.IsEmpty
            ? fields.ToValue(position, TomlDateTimeKind.OffsetDateTime)
            : null;
    }

    private static bool TryDate(ref ReadOnlySpan<char> rest, ref Fields fields)
    {
        bool wellFormed = TryNumber(ref rest, 4, 9999, out fields.Year)
            && TrySkip(ref rest, '-')
            && TryNumber(ref rest, 2, 12, out fields.Month)
            && TrySkip(ref rest, '-')
            && TryNumber(ref rest, 2, 31, out fields.Day);
        if (!wellFormed || fields.Month == 0 || fields.Day == 0)
        {
            return false;
        }

        // The year 0 is a leap year, as 4 is; the base library begins at 1.
        int year = fields.Year == 0 ? 4 : fields.Year;
        return fields.Day <= DateTime.DaysInMonth(year, fields.Month);
    }

    private static bool TryTime(ref ReadOnlySpan<char> rest, TomlVersion version, ref Fields fields)
    {
        bool hasMinutes = TryNumber(ref rest, 2, 23, out fields.Hour)
            && TrySkip(ref rest, ':')
            && TryNumber(ref rest, 2, 59, out fields.Minute);
        if (!hasMinutes)
        {
            return false;
        }

        if (!TrySkip(ref rest, ':'))
        {
            return version >= TomlVersion.V1_1;
        }

        return TryNumber(ref rest, 2, 60, out fields.Second)
            && (!TrySkip(ref rest, '.') || TryFraction(ref rest, out fields.Nanosecond));
    }

    private static bool TryFraction(ref ReadOnlySpan<char> rest, out int nanosecond)
    {
        nanosecond = 0;
        int digits = 0;
        int scale = 100_000_000;
        for (; digits < rest.Length && char.IsAsciiDigit(rest[digits]); digits++, scale /= 10)
        {
            nanosecond += (rest[digits] - '0') * scale;
        }

        rest = rest[digits..];
        return digits > 0;
    }

    private static bool TryOffset(ref ReadOnlySpan<char> rest, ref Fields fields)
    {
        if (TrySkip(ref rest, 'Z') || TrySkip(ref rest, 'z'))
        {
            return true;
        }

        bool west = rest[0] == '-';
        if (!west && rest[0] != '+')
        {
            return false;
        }

        rest = rest[1..];
        bool hasHours = TryNumber(ref rest, 2, 23, out int hours) && TrySkip(ref rest, ':');
        if (!TryNumber(ref rest, 2, 59, out int minutes) || !hasHours)
        {
            return false;
        }

        fields.OffsetMinutes = ((hours * 60) + minutes) * (west ? -1 : 1);
        return true;
    }

    private static bool TryNumber(ref ReadOnlySpan<char> rest, int digits, int max, out int value)
    {
        value = 0;
        if (rest.Length < digits || !IsDigits(rest[..digits]))
        {
            return false;
        }

        foreach (char c in rest[..digits])
        {
            value = (value * 10) + (c - '0');
        }

        rest = rest[digits..];
        return value <= max;
    }

    private static bool TrySkip(ref ReadOnlySpan<char> rest, char expected)
    {
        if (rest.IsEmpty || rest[0] != expected)
        {
            return false;
        }

        rest = rest[1..];
        return true;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private struct Fields
    {
        public int Year;
        public int Month;
        public int Day;
        public int Hour;
        public int Minute;
        public int Second;
        public int Nanosecond;
        public int OffsetMinutes;

        public readonly TomlDateTime ToValue(TomlPosition position, TomlDateTimeKind type) => new(position, type)
        {
            Year = Year,
            Month = Month,
            Day = Day,
            Hour = Hour,
            Minute = Minute,
            Second = Second,
            Nanosecond = Nanosecond,
            OffsetMinutes = OffsetMinutes,
        };
    }
}
