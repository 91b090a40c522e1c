namespace Fabrik.Wire.S3;

/// <summary>
/// A query string as it was sent, without the <c>?</c>: parameters are found in it, not copied out of it.
/// </summary>
/// <param name="Raw">The text; empty for none.</param>
public readonly record struct S3Query(string Raw)
{
    /// <summary>Whether a parameter is there, with a value or without.</summary>
    /// <param name="name">The decoded name; case matters.</param>
    public bool Has(string name) => TryGetRaw(name, out _);

    /// <summary>The first value of a parameter, as sent; empty if it has none.</summary>
    /// <param name="name">The decoded name; case matters.</param>
    /// <param name="value">The value with its escapes.</param>
    public bool TryGetRaw(string name, out ReadOnlySpan<char> value)
    {
        foreach (var (rawName, rawValue) in this)
        {
            if (rawName.SequenceEqual(name)
                || (rawName.ContainsAny('%', '+') && S3Uri.TryDecode(rawName, plusIsSpace: true, out var decoded)
                    && decoded == name))
            {
                value = rawValue;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The first value of a parameter, decoded; false if it is not there, or not UTF-8 when decoded.</summary>
    /// <param name="name">The decoded name; case matters.</param>
    /// <param name="value">The value; empty if it has none.</param>
    public bool TryGet(string name, out string value)
    {
        value = "";
        return TryGetRaw(name, out var raw) && S3Uri.TryDecode(raw, plusIsSpace: true, out value);
    }

    /// <summary>Goes through the parameters in the order they were sent; empty ones are left out.</summary>
    public Enumerator GetEnumerator() => new(Raw);

    /// <summary>A parameter as sent.</summary>
    public readonly ref struct Parameter(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        /// <summary>The name with its escapes.</summary>
        public ReadOnlySpan<char> Name { get; } = name;

        /// <summary>The value with its escapes; empty without a <c>=</c>.</summary>
        public ReadOnlySpan<char> Value { get; } = value;

        /// <summary>Name and value.</summary>
        public void Deconstruct(out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
        {
            name = Name;
            value = Value;
        }
    }

    /// <summary>A place in the query.</summary>
    public ref struct Enumerator(ReadOnlySpan<char> raw)
    {
        private ReadOnlySpan<char> _rest = raw;

        /// <summary>The parameter at this place.</summary>
        public Parameter Current { get; private set; }

        /// <summary>Goes to the next parameter.</summary>
        public bool MoveNext()
        {
            _rest = _rest.TrimStart('&');
            if (_rest.IsEmpty)
            {
                return false;
            }

            var end = _rest.IndexOf('&');
            var segment = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            var equals = segment.IndexOf('=');
            Current = equals < 0
                ? new Parameter(segment, default)
                : new Parameter(segment[..equals], segment[(equals + 1)..]);
            return true;
        }
    }
}
