using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;

namespace Fabrik.Upstreams.Objects;

/// <summary>The header of an object (docs/formats/object.md): bytes to values and back, nothing more.</summary>
internal static class ObjectEnvelope
{
    /// <summary>Bytes of the part that says how long the rest is.</summary>
    public const int PrefixLength = 16;

    /// <summary>The most bytes that prefix and record have together.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>A key, kept for people, is cut to this many characters.</summary>
    public const int MaxKey = 256;

    /// <summary>Bytes that a tool's name has at most, in UTF-8.</summary>
    public const int MaxTool = 256;

    /// <summary>Bytes that properties take in the record at most.</summary>
    public const int MaxProperties = 16 * 1024;

    private const byte Version = 1;
    private const int RecordLengthAt = 8;
    private const int ChecksumAt = 12;
    private const int LengthField = 2;
    private const int FixedFields = ArtifactId.Length + ContentDigest.Length + (3 * sizeof(long));
    private const int MinRecord = FixedFields + (3 * LengthField);

    private static readonly long MaxMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static ReadOnlySpan<byte> Magic => "FOBJ"u8;

    /// <summary>The header; or the error that says why such a one cannot be written.</summary>
    public static CacheResult<byte[]> Encode(ObjectHead head)
    {
        if (FindFault(head.Metadata) is { } fault)
        {
            return CacheError.Client(CacheErrorKind.InvalidRequest, fault);
        }

        var buffer = new ArrayBufferWriter<byte>(PrefixLength + MinRecord + 128);
        buffer.Write(Magic);
        buffer.Write<byte>([Version, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        buffer.Write(head.Id.Bytes);
        buffer.Write(head.Digest.Bytes);
        Append(buffer, head.Size);
        Append(buffer, head.CreatedAt.ToUnixTimeMilliseconds());
        Append(buffer, head.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0);
        Append(buffer, head.Metadata.Tool);
        Append(buffer, CutKey(head.Metadata.Key));
        Append(buffer, (ushort)head.Metadata.Properties.Count);
        foreach (var (name, value) in head.Metadata.Properties)
        {
            Append(buffer, name);
            Append(buffer, value);
        }

        var bytes = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(RecordLengthAt), bytes.Length - PrefixLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), Checksum(bytes));
        return bytes;
    }

    /// <summary>How long the record behind a prefix is; false when the prefix is none of ours.</summary>
    public static bool TryReadPrefix(ReadOnlySpan<byte> prefix, out int recordLength)
    {
        recordLength = 0;
        if (prefix.Length < PrefixLength || !prefix.StartsWith(Magic) || prefix[4] != Version
            || prefix[5..RecordLengthAt].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        recordLength = BinaryPrimitives.ReadInt32LittleEndian(prefix[RecordLengthAt..]);
        return recordLength is >= MinRecord and <= MaxLength - PrefixLength;
    }

    /// <summary>Reads prefix and record; null when they are damaged.</summary>
    public static ObjectHead? Read(ReadOnlySpan<byte> header)
    {
        if (!TryReadPrefix(header, out var length) || header.Length != PrefixLength + length
            || BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumAt..]) != Checksum(header))
        {
            return null;
        }

        var fields = new FieldReader(header[PrefixLength..]);
        var id = new ArtifactId(fields.Take(ArtifactId.Length));
        var digest = new ContentDigest(fields.Take(ContentDigest.Length));
        var size = fields.I64();
        var created = fields.I64();
        var expires = fields.I64();
        var metadata = new ArtifactMetadata
        {
            Tool = fields.Text(),
            Key = fields.Text(),
            Properties = ReadProperties(ref fields),
        };
        return fields.IsWhole && size >= 0 && IsMoment(created) && IsMoment(expires)
            ? new ObjectHead
            {
                Id = id,
                Digest = digest,
                Size = size,
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(created),
                ExpiresAt = expires == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(expires),
                Metadata = metadata,
            }
            : null;
    }

    private static KeyValuePair<string, string>[] ReadProperties(ref FieldReader fields)
    {
        int count = fields.U16();
        if (count * 2 * LengthField > fields.Left)
        {
            fields.Fail();
            return [];
        }

        var properties = new KeyValuePair<string, string>[count];
        foreach (ref var property in properties.AsSpan())
        {
            property = new(fields.Text(), fields.Text());
        }

        return properties;
    }

    private static string? FindFault(ArtifactMetadata metadata)
    {
        var length = 0L;
        foreach (var (name, value) in metadata.Properties)
        {
            length += (2 * LengthField) + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        }

        return length > MaxProperties
            ? $"the properties take {length} bytes, at most {MaxProperties} are kept"
            : Encoding.UTF8.GetByteCount(metadata.Tool) > MaxTool
                ? $"the tool's name has more than {MaxTool} bytes"
                : null;
    }

    private static bool IsMoment(long milliseconds) => milliseconds >= 0 && milliseconds <= MaxMilliseconds;

    // Over everything but the checksum itself.
    private static uint Checksum(ReadOnlySpan<byte> header) =>
        Crc32C.Append(Crc32C.Compute(header[..ChecksumAt]), header[PrefixLength..]);

    // Not within a surrogate pair, which could not be written.
    private static ReadOnlySpan<char> CutKey(string key) => key.Length <= MaxKey
        ? key
        : key.AsSpan(0, char.IsHighSurrogate(key[MaxKey - 1]) ? MaxKey - 1 : MaxKey);

    private static void Append(ArrayBufferWriter<byte> buffer, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(sizeof(long)), value);
        buffer.Advance(sizeof(long));
    }

    private static void Append(ArrayBufferWriter<byte> buffer, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.GetSpan(LengthField), value);
        buffer.Advance(LengthField);
    }

    private static void Append(ArrayBufferWriter<byte> buffer, ReadOnlySpan<char> text)
    {
        Append(buffer, (ushort)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, buffer);
    }

    /// <summary>Takes little-endian fields; one that runs off the end is empty, and the record not whole.</summary>
    private ref struct FieldReader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;
        private bool _failed;

        public readonly int Left => _rest.Length;

        public readonly bool IsWhole => !_failed && _rest.IsEmpty;

        public ushort U16() => Take(LengthField) is { Length: LengthField } field
            ? BinaryPrimitives.ReadUInt16LittleEndian(field)
            : (ushort)0;

        public long I64() => Take(sizeof(long)) is { Length: sizeof(long) } field
            ? BinaryPrimitives.ReadInt64LittleEndian(field)
            : 0;

        public string Text()
        {
            var bytes = Take(U16());
            _failed |= !Utf8.IsValid(bytes);
            return Encoding.UTF8.GetString(bytes);
        }

        public ReadOnlySpan<byte> Take(int length)
        {
            if (length > _rest.Length)
            {
                Fail();
                return [];
            }

            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }

        public void Fail()
        {
            _failed = true;
            _rest = [];
        }
    }
}
