using System.Text;
using System.Text.Unicode;

namespace Fabrik.Wire.Protos.Fields;

/// <summary>
/// Goes through the fields of an encoded message without making objects of them, for messages that are mostly looked
/// into or passed on. What it reads of a message is what the generated code reads; groups, which proto3 does not have,
/// are an error.
/// </summary>
/// <param name="message">The encoded message.</param>
public ref struct FieldReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;
    private const int MaxVarint = 10;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _wireType;

    /// <summary>Bytes that have been read.</summary>
    public int Position { get; private set; }

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, where it has a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>Where its bytes begin within the message, where it has bytes.</summary>
    public int Start { get; private set; }

    /// <summary>Its bytes.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _message[Start..Position];

    /// <summary>Its bytes as text.</summary>
    /// <exception cref="InvalidDataException">They are no UTF-8.</exception>
    public readonly string Text => Utf8.IsValid(Bytes)
        ? Encoding.UTF8.GetString(Bytes)
        : throw new InvalidDataException($"the field {Field} is no UTF-8");

    /// <summary>Reads the next field; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public bool Read()
    {
        if (Position == _message.Length)
        {
            return false;
        }

        var tag = ReadVarint();
        (Field, _wireType, Number) = ((int)(tag >> 3), (int)tag & 7, 0);
        if (tag > uint.MaxValue || Field == 0)
        {
            throw Malformed();
        }

        switch (_wireType)
        {
            case Varint:
                Number = ReadVarint();
                break;
            case Delimited:
                var length = ReadVarint();
                Start = Position;
                Skip(length);
                break;
            case Fixed64:
                Skip(sizeof(ulong));
                break;
            case Fixed32:
                Skip(sizeof(uint));
                break;
            default:
                throw Malformed();
        }

        return true;
    }

    /// <summary>Whether the field has this number, and bytes; one that has something else is unknown.</summary>
    public readonly bool IsBytes(int field) => Field == field && _wireType == Delimited;

    /// <summary>Whether the field has this number, and a number as its value.</summary>
    public readonly bool IsNumber(int field) => Field == field && _wireType == Varint;

    private void Skip(ulong count)
    {
        if (count > (ulong)(_message.Length - Position))
        {
            throw Malformed();
        }

        Position += (int)count;
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var i = 0; i < MaxVarint && Position < _message.Length; i++)
        {
            var part = _message[Position++];
            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Malformed();
    }

    private readonly InvalidDataException Malformed() => new($"the message is malformed at byte {Position}");
}
