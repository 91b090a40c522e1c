using System.Buffers;
using System.Text;

namespace Fabrik.Wire.Grpc;

public sealed partial class Metadata
{
    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>A key with its text, or with its bytes.</summary>
    public sealed class Entry
    {
        private readonly string? _value;
        private readonly byte[]? _valueBytes;

        /// <summary>Makes a binary one; the bytes are copied.</summary>
        /// <exception cref="ArgumentException">
        /// The key has other characters than letters, digits, <c>_</c>, <c>-</c> and <c>.</c>, or does not end in
        /// <see cref="BinaryHeaderSuffix"/>.
        /// </exception>
        public Entry(string key, byte[] valueBytes)
            : this(Normalize(key), null, (byte[])NotNull(valueBytes).Clone())
        {
            if (!HasBinarySuffix(Key))
            {
                throw new ArgumentException(
                    $"the key of a binary value must end in \"{BinaryHeaderSuffix}\"", nameof(key));
            }
        }

        /// <summary>Makes one of text.</summary>
        /// <exception cref="ArgumentException">
        /// The key has other characters than letters, digits, <c>_</c>, <c>-</c> and <c>.</c>, or ends in
        /// <see cref="BinaryHeaderSuffix"/>.
        /// </exception>
        public Entry(string key, string value)
            : this(Normalize(key), NotNull(value), null)
        {
            if (HasBinarySuffix(Key))
            {
                throw new ArgumentException(
                    $"the key of a text must not end in \"{BinaryHeaderSuffix}\"", nameof(key));
            }
        }

        private Entry(string key, string? value, byte[]? valueBytes)
        {
            Key = key;
            _value = value;
            _valueBytes = valueBytes;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>The bytes, as a copy; of a text, its ASCII bytes.</summary>
        public byte[] ValueBytes =>
            _valueBytes is null ? Encoding.ASCII.GetBytes(_value!) : (byte[])_valueBytes.Clone();

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The value is binary.</exception>
        public string Value =>
            _value ?? throw new InvalidOperationException($"the value of \"{Key}\" is binary, not a text");

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => _value is null;

        /// <inheritdoc/>
        public override string ToString() => IsBinary
            ? $"[Entry: key={Key}, valueBytes={_valueBytes!.Length} bytes]"
            : $"[Entry: key={Key}, value={_value}]";

        internal ReadOnlySpan<byte> BinaryValue => _valueBytes;

        internal static Entry OfOwnedBytes(string key, byte[] valueBytes) => new(Normalize(key), null, valueBytes);

        internal bool HasKey(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        private static T NotNull<T>(T value)
        {
            ArgumentNullException.ThrowIfNull(value);
            return value;
        }

        private static string Normalize(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            return IsKey(key)
                ? key.ToLowerInvariant()
                : throw new ArgumentException(
                    "a key must have one or more of a-z, 0-9, \"_\", \"-\" and \".\", and nothing else", nameof(key));
        }
    }

    internal static bool IsKey(ReadOnlySpan<char> key) => key.Length > 0 && !key.ContainsAnyExcept(KeyCharacters);

    internal static bool HasBinarySuffix(string key) =>
        key.EndsWith(BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase);
}
