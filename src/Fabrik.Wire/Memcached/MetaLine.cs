using System.Buffers.Text;

namespace Fabrik.Wire.Memcached;

/// <summary>
/// Reads the line of a meta command. Flags that are letters are left to the server, which knows better which ones its
/// version has; what is checked is what all versions check in the same way.
/// </summary>
internal static class MetaLine
{
    private const int Flags = 128;

    /// <summary>Reads a line whose verb is known already, and checks it.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="words">Behind its name.</param>
    /// <param name="command">Gets what the line says, as far as it is right.</param>
    public static FaultKind Read(ReadOnlySpan<byte> line, LineTokens words, ref Command command)
    {
        bool isDebug = command.Verb == Verb.MetaDebug;
        if (!words.Next())
        {
            return isDebug ? FaultKind.BadFormat : FaultKind.UnknownCommand;
        }

        command.KeyOffset = words.Start;
        command.KeyLength = words.Length;
        command.KeyCount = 1;
        command.FlagsOffset = words.Start + words.Length;
        if (words.Length > ReaderLimits.MaxKeyLength)
        {
            return FaultKind.BadFormat;
        }

        if (isDebug)
        {
            command.HasEncodedKey = words.Next() && words.Current.SequenceEqual("b"u8);
            return command.HasEncodedKey && !IsEncoded(line, in command) ? FaultKind.BadFormat : FaultKind.None;
        }

        if (command.Verb == Verb.MetaSet && !words.Next())
        {
            return FaultKind.BadFormat;
        }

        if (Count(words) + (command.Verb == Verb.MetaSet ? 3 : 2) > ReaderLimits.MaxMetaTokens)
        {
            return command.Verb == Verb.MetaGet ? FaultKind.TooManyGetFlags : FaultKind.TooManyFlags;
        }

        if (command.Verb == Verb.MetaSet)
        {
            if (!Digits.TryReadLength(words.Current, out int length))
            {
                return FaultKind.BadFormat;
            }

            command.ValueLength = length;
            command.FlagsOffset = words.Start + words.Length;
        }

        var kind = ReadFlags(line, words, ref command);
        bool isVague = command.Verb is Verb.MetaDelete or Verb.MetaArithmetic;
        bool isFlagFault = kind is not (FaultKind.None or FaultKind.OpaqueTooLong or FaultKind.BadArithmeticMode);
        return isVague && isFlagFault ? FaultKind.InvalidOrDuplicateFlag : kind;
    }

    private static int Count(LineTokens words)
    {
        int count = 0;
        while (words.Next())
        {
            count++;
        }

        return count;
    }

    private static FaultKind ReadFlags(ReadOnlySpan<byte> line, LineTokens words, ref Command command)
    {
        UInt128 seen = 0;
        var found = FaultKind.None;
        while (words.Next())
        {
            byte flag = words.Current[0];
            if (flag >= Flags - 1 || ((seen >> flag) & 1) != 0)
            {
                return FaultKind.DuplicateFlag;
            }

            if (!char.IsAsciiLetter((char)flag))
            {
                return FaultKind.InvalidFlag;
            }

            seen |= UInt128.One << flag;
            var kind = ReadFlag(line, words, ref command);
            bool isLater = kind != FaultKind.None && (kind != FaultKind.BadClientFlags || found == FaultKind.None);
            found = isLater ? kind : found;
        }

        return found;
    }

    private static FaultKind ReadFlag(ReadOnlySpan<byte> line, LineTokens words, ref Command command)
    {
        var value = words.Current[1..];
        switch (words.Current[0])
        {
            case (byte)'q':
                command.IsQuiet = true;
                command.QuietOffset = words.Start - 1;
                command.QuietLength = words.Length + 1;
                return FaultKind.None;
            case (byte)'b':
                command.HasEncodedKey = true;
                return IsEncoded(line, in command) ? FaultKind.None : FaultKind.BadEncodedKey;
            case (byte)'O':
                return words.Length > ReaderLimits.MaxOpaqueLength ? FaultKind.OpaqueTooLong : FaultKind.None;
            case (byte)'M':
                return CheckMode(value, command.Verb);
            default:
                return ReadNumber(words.Current[0], value, ref command);
        }
    }

    private static FaultKind ReadNumber(byte flag, ReadOnlySpan<byte> value, ref Command command)
    {
        switch (flag)
        {
            case (byte)'T':
                bool isExpiry = Digits.TryReadSigned(value, out command.Expiry);
                command.Expiry = (int)command.Expiry;
                return isExpiry ? FaultKind.None : FaultKind.BadFlagNumber;
            case (byte)'N' or (byte)'R':
                return Digits.TryReadSigned(value, out _) ? FaultKind.None : FaultKind.BadFlagNumber;
            case (byte)'C':
                return Digits.TryRead(value, out command.Unique) ? FaultKind.None : FaultKind.BadFlagNumber;
            case (byte)'D':
                return Digits.TryRead(value, out command.Delta) ? FaultKind.None : FaultKind.BadDeltaFlag;
            case (byte)'J':
                return Digits.TryRead(value, out command.Initial) ? FaultKind.None : FaultKind.BadInitialFlag;
            case (byte)'F':
                bool isNumber = Digits.TryRead(value, out ulong flags);
                command.ClientFlags = (uint)flags;
                return isNumber ? FaultKind.None : FaultKind.BadClientFlags;
            default:
                return FaultKind.None;
        }
    }

    private static FaultKind CheckMode(ReadOnlySpan<byte> value, Verb verb)
    {
        if (value.Length != 1)
        {
            return FaultKind.BadModeLength;
        }

        bool isLetter = char.IsAsciiLetter((char)value[0]);
        return verb switch
        {
            Verb.MetaSet when !isLetter => FaultKind.BadSetMode,
            Verb.MetaArithmetic when !isLetter && value[0] is not ((byte)'+' or (byte)'-') =>
                FaultKind.BadArithmeticMode,
            _ => FaultKind.None,
        };
    }

    private static bool IsEncoded(ReadOnlySpan<byte> line, in Command command) =>
        Base64.IsValid(line.Slice(command.KeyOffset, command.KeyLength), out int length) && length > 0;
}
