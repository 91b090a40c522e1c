using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Fabrik.Wire.Memcached;

namespace Fabrik.MemcachedTests.Model;

/// <summary>
/// A command by chance. Each piece of a value names its key and a number that is given once, so that a value that was
/// never written under its key is seen.
/// </summary>
/// <param name="Bytes">The command.</param>
/// <param name="IsBinary">Whether it is a packet.</param>
/// <param name="IsRead">Whether it changes nothing.</param>
internal sealed record ModelCommand(byte[] Bytes, bool IsBinary, bool IsRead)
{
    /// <summary>Its key, as servers know it.</summary>
    public required string Key { get; init; }
}

/// <summary>Makes commands.</summary>
/// <param name="random">Chance.</param>
/// <param name="isLoose">Whether there are commands whose outcome depends on the server's unique numbers.</param>
internal sealed class ModelCommands(Random random, bool isLoose)
{
    private static readonly string[] Keys = ["a", "b", "c", "d e"];
    private static readonly string[] Counters = ["1", "2"];
    private int _pieces;

    /// <summary>Makes one.</summary>
    public ModelCommand Next() => random.Next(4) == 0 ? OfCounter(Pick(Counters)) : OfKey(Pick(Keys));

    /// <summary>A command that stores a value, for each key.</summary>
    public IEnumerable<ModelCommand> Stores() => Keys.Select(Store).Concat(
        Counters.Select(static key => Text(key, $"set {key} 3 0 2\r\n40\r\n", isRead: false)));

    /// <summary>Whether a value may be one of a key.</summary>
    public bool IsOf(string key, ReadOnlySpan<byte> value)
    {
        var text = Encoding.Latin1.GetString(value);
        return Counters.Contains(key)
            ? Regex.IsMatch(text, "^[0-9]+$")
            : Regex.Replace(text, $"<{key}#([0-9]+)x*>", "").Length == 0
                && Regex.Matches(text, "#([0-9]+)").All(
                    piece => int.Parse(piece.Groups[1].Value, CultureInfo.InvariantCulture) <= _pieces);
    }

    private static ModelCommand Text(string key, string text, bool isRead) =>
        new(Encoding.Latin1.GetBytes(text), false, isRead) { Key = key };

    private static bool IsPlain(string key) => !key.Contains(' ', StringComparison.Ordinal);

    private string Pick(string[] some) => some[random.Next(some.Length)];

    private string Piece(string key) =>
        $"<{key}#{++_pieces}{new string('x', random.Next(30) == 0 ? random.Next(20_000) : random.Next(9))}>";

    private ModelCommand Store(string key)
    {
        var piece = Piece(key);
        return IsPlain(key)
            ? Text(key, $"set {key} 5 {Life()} {piece.Length}\r\n{piece}\r\n", isRead: false)
            : Meta("ms", key, $" {piece.Length}", $" F5 T{Life()}", piece);
    }

    private int Life() => random.Next(3) * 1000;

    private ModelCommand OfKey(string key) => IsPlain(key) && random.Next(3) > 0
        ? OfLines(key)
        : random.Next(3) == 0 ? OfPackets(key) : OfMeta(key);

    private ModelCommand OfLines(string key)
    {
        var piece = Piece(key);
        var quiet = random.Next(3) == 0 ? " noreply" : "";
        var tail = $"{piece.Length}{quiet}\r\n{piece}\r\n";
        return random.Next(isLoose ? 14 : 12) switch
        {
            < 4 => Text(key, $"get {key}\r\n", isRead: true),
            4 => Text(key, $"gets {key}\r\n", isRead: true),
            5 => Text(key, $"gat {Life()} {key}\r\n", isRead: false),
            6 => Text(key, $"touch {key} {Life()}{quiet}\r\n", isRead: false),
            7 => Text(key, $"delete {key}{quiet}\r\n", isRead: false),
            8 => Text(key, $"{Pick(["append", "prepend"])} {key} 0 0 {tail}", isRead: false),
            9 => Text(key, $"{Pick(["add", "replace"])} {key} 7 {Life()} {tail}", isRead: false),
            12 => Text(key, $"cas {key} 1 0 {piece.Length} {random.Next(1, 60)}{quiet}\r\n{piece}\r\n", isRead: false),
            13 => Text(key, $"gats {Life()} {key}\r\n", isRead: false),
            _ => Store(key),
        };
    }

    private ModelCommand OfMeta(string key)
    {
        var piece = Piece(key);
        var quiet = random.Next(3) == 0 ? " q" : "";
        var compares = isLoose && random.Next(3) == 0 ? $" C{random.Next(1, 60)}" : "";
        return random.Next(6) switch
        {
            < 3 => Meta("mg", key, "", $" v{Pick(["", " t", " f s", " k", " c"])}{quiet} O{_pieces}"),
            3 => Meta("mg", key, "", $" v T{Life()}{Pick(["", " t"])}{quiet}"),
            4 => Meta("md", key, "", $"{quiet}{compares}"),
            _ => Meta(
                "ms", key, $" {piece.Length}",
                $" F9 T{Life()}{Pick(["", " MS", " ME", " MR", " MA", " MP", " MA N100"])}{quiet}{compares}", piece),
        };
    }

    private static ModelCommand Meta(string name, string key, string size, string flags, string? value = null)
    {
        var word = IsPlain(key) ? key : Convert.ToBase64String(Encoding.ASCII.GetBytes(key)) + "";
        var encoded = IsPlain(key) ? "" : " b";
        var end = value is null ? "" : value + "\r\n";
        var isRead = name == "mg" && !flags.Contains('T', StringComparison.Ordinal);
        return Text(key, $"{name} {word}{size}{encoded}{flags}\r\n{end}", isRead);
    }

    private ModelCommand OfPackets(string key)
    {
        var quiet = random.Next(2) == 0;
        byte[] piece = Encoding.Latin1.GetBytes(Piece(key));
        ulong unique = isLoose && random.Next(3) == 0 ? (ulong)random.Next(1, 60) : 0;
        return random.Next(5) switch
        {
            < 2 => Packet(BinaryOpcode.Get, key, [], [], quiet),
            2 => Packet(BinaryOpcode.Delete, key, [], [], quiet, unique),
            3 => Packet(BinaryOpcode.Append, key, [], piece, quiet),
            _ => Packet(
                random.Next(2) == 0 ? BinaryOpcode.Set : BinaryOpcode.Replace, key, new byte[8], piece, quiet, unique),
        };
    }

    private ModelCommand OfCounter(string key) => random.Next(8) switch
    {
        0 => Text(key, $"incr {key} {random.Next(9)}\r\n", isRead: false),
        1 => Text(key, $"decr {key} {random.Next(9)}\r\n", isRead: false),
        2 => Text(key, $"ma {key} N0 J7 D{random.Next(9)} v\r\n", isRead: false),
        3 => Text(key, $"ma {key} MD v q\r\n", isRead: false),
        4 => Packet(BinaryOpcode.Increment, key, Counting(random.Next(2) == 0), [], random.Next(2) == 0),
        5 => random.Next(3) == 0
            ? Text(key, $"delete {key}\r\n", isRead: false)
            : Text(key, $"add {key} 0 0 1\r\n5\r\n", isRead: false),
        _ => Text(key, $"get {key}\r\n", isRead: true),
    };

    private static byte[] Counting(bool creates)
    {
        var extras = new byte[20];
        extras[7] = 3;
        extras[15] = 9;
        BinaryPrimitives.WriteUInt32BigEndian(extras.AsSpan(16), creates ? 0 : uint.MaxValue);
        return extras;
    }

    private static ModelCommand Packet(
        byte opcode, string key, byte[] extras, byte[] value, bool isQuiet, ulong unique = 0)
    {
        var bytes = new byte[BinaryHeader.Size];
        new BinaryHeader
        {
            Magic = BinaryHeader.Request,
            Opcode = isQuiet ? BinaryOpcode.ToQuiet(opcode) : opcode,
            ExtrasLength = (byte)extras.Length,
            KeyLength = (ushort)key.Length,
            BodyLength = (uint)(extras.Length + key.Length + value.Length),
            Opaque = 77,
            Unique = unique,
        }.Write(bytes);
        return new ModelCommand([.. bytes, .. extras, .. Encoding.ASCII.GetBytes(key), .. value], true, false)
        {
            Key = key,
        };
    }
}
