namespace Fabrik.Wire.Memcached;

/// <summary>Reads one line of the text protocol, and the value behind it.</summary>
internal ref struct TextCommandReader
{
    private readonly ReadOnlySpan<byte> _input;
    private readonly ReaderLimits _limits;
    private readonly ref Command _command;
    private readonly ref CommandFault _fault;
    private ReadOnlySpan<byte> _line;

    public TextCommandReader(
        ReadOnlySpan<byte> input, ReaderLimits limits, ref Command command, ref CommandFault fault)
    {
        _input = input;
        _limits = limits;
        _command = ref command;
        _fault = ref fault;
    }

    public ReadStatus Read()
    {
        int end = _input.IndexOfAny((byte)'\n', (byte)0);
        int reached = end < 0 ? _input.Length : end;
        if (reached > _limits.MaxLineLength && reached > LineLimit())
        {
            _command.HeadLength = reached;
            return Fail(FaultKind.LineTooLong, closes: true);
        }

        if (end < 0)
        {
            return ReadStatus.NeedMore;
        }

        _command.HeadLength = end + 1;
        if (_input[end] == 0)
        {
            // Servers of different versions read it differently, so that a value behind it might be taken for commands.
            return Fail(FaultKind.BadFormat, closes: true);
        }

        _line = _input[..(end > 1 && _input[end - 1] == (byte)'\r' ? end - 1 : end)];
        _command.ValueLength = -1;
        _command.Length = _command.HeadLength;
        return ReadLine();
    }

    private readonly int LineLimit()
    {
        var start = _input.TrimStart((byte)' ');
        bool isRetrieval = start.StartsWith("get "u8) || start.StartsWith("gets "u8);
        return isRetrieval && _input.Length - start.Length <= 100
            ? _limits.MaxRetrievalLineLength : _limits.MaxLineLength;
    }

    private ReadStatus ReadLine()
    {
        var words = new LineTokens(_line);
        words.Next();
        var name = words.Current;
        switch (name.Length)
        {
            case 2 when name[0] == (byte)'m':
                return ReadMeta(name[1], words);
            case 3 when name.SequenceEqual("get"u8):
                return ReadRetrieval(Verb.Get, words);
            case 3 when name.SequenceEqual("set"u8):
                return ReadStorage(Verb.Set);
            case 3 when name.SequenceEqual("add"u8):
                return ReadStorage(Verb.Add);
            case 3 when name.SequenceEqual("cas"u8):
                return ReadStorage(Verb.Cas);
            case 3 when name.SequenceEqual("gat"u8):
                return ReadGetAndTouch(Verb.Gat, words);
            case 4 when name.SequenceEqual("gets"u8):
                return ReadRetrieval(Verb.Gets, words);
            case 4 when name.SequenceEqual("incr"u8):
                return ReadArithmetic(Verb.Increment);
            case 4 when name.SequenceEqual("decr"u8):
                return ReadArithmetic(Verb.Decrement);
            case 4 when name.SequenceEqual("gats"u8):
                return ReadGetAndTouch(Verb.Gats, words);
            case 5 when name.SequenceEqual("touch"u8):
                return ReadTouch();
            case 6 when name.SequenceEqual("delete"u8):
                return ReadDelete();
            default:
                return ReadRareName(name, words);
        }
    }

    private ReadStatus ReadRareName(ReadOnlySpan<byte> name, LineTokens words)
    {
        switch (name.Length)
        {
            case 4 when name.SequenceEqual("quit"u8):
                return Done(Verb.Quit);
            case 4 when name.SequenceEqual("bget"u8):
                return ReadRetrieval(Verb.Get, words);
            case 5 when name.SequenceEqual("stats"u8):
                return ReadNamed(Verb.Stats, words);
            case 6 when name.SequenceEqual("append"u8):
                return ReadStorage(Verb.Append);
            case 6 when name.SequenceEqual("config"u8):
                return words.Next() && words.Current.SequenceEqual("get"u8)
                    ? ReadNamed(Verb.Config, words) : Fail(FaultKind.UnknownCommand);
            case 7 when name.SequenceEqual("prepend"u8):
                return ReadStorage(Verb.Prepend);
            case 7 when name.SequenceEqual("replace"u8):
                return ReadStorage(Verb.Replace);
            case 7 when name.SequenceEqual("version"u8):
                return Done(Verb.Version);
            case 9 when name.SequenceEqual("flush_all"u8):
                return ReadFlush();
            case 9 when name.SequenceEqual("verbosity"u8):
                return ReadVerbosity();
            default:
                return IsHttp(words) ? FailSilently(FaultKind.Http) : Fail(FaultKind.UnknownCommand);
        }
    }

    private static bool IsHttp(LineTokens words)
    {
        bool isHttp = words.Length > 0 && words.Current.StartsWith("HTTP/"u8);
        while (words.Next())
        {
            isHttp = words.Current.StartsWith("HTTP/"u8);
        }

        return isHttp;
    }

    private ReadStatus ReadMeta(byte letter, LineTokens words)
    {
        Verb verb = letter switch
        {
            (byte)'g' => Verb.MetaGet,
            (byte)'s' => Verb.MetaSet,
            (byte)'d' => Verb.MetaDelete,
            (byte)'a' => Verb.MetaArithmetic,
            (byte)'e' => Verb.MetaDebug,
            (byte)'n' => Verb.Noop,
            _ => Verb.None,
        };
        if (verb is Verb.None or Verb.Noop)
        {
            return verb == Verb.Noop ? Done(verb) : Fail(FaultKind.UnknownCommand);
        }

        _command.Verb = verb;
        var kind = MetaLine.Read(_line, words, ref _command);
        if (verb == Verb.MetaSet && _command.ValueLength >= 0 && kind != FaultKind.BadFormat)
        {
            return ReadValue(kind);
        }

        return kind == FaultKind.None ? ReadStatus.Read : Fail(kind);
    }

    private ReadStatus ReadRetrieval(Verb verb, LineTokens words)
    {
        _command.Verb = verb;
        return words.Next() ? ReadKeys(words) : Fail(FaultKind.UnknownCommand);
    }

    private ReadStatus ReadGetAndTouch(Verb verb, LineTokens words)
    {
        _command.Verb = verb;
        if (!words.Next())
        {
            return Fail(FaultKind.UnknownCommand);
        }

        if (!Digits.TryReadSigned(words.Current, out _command.Expiry))
        {
            return Fail(FaultKind.BadExpiry);
        }

        _command.Expiry = (int)_command.Expiry;
        return words.Next() ? ReadKeys(words) : Fail(FaultKind.NoKeys);
    }

    private ReadStatus ReadKeys(LineTokens words)
    {
        _command.KeyOffset = words.Start;
        _command.KeyLength = words.Length;
        do
        {
            if (words.Length > ReaderLimits.MaxKeyLength)
            {
                return Fail(FaultKind.BadFormat);
            }

            _command.KeyCount++;
        }
        while (words.Next());

        return ReadStatus.Read;
    }

    private ReadStatus ReadStorage(Verb verb)
    {
        _command.Verb = verb;
        int least = verb == Verb.Cas ? 6 : 5;
        var words = new LineWords(_line);
        if (words.Count != least && words.Count != least + 1)
        {
            return Fail(FaultKind.UnknownCommand);
        }

        FindNoreply(in words);
        if (!TakeKey(in words)
            || !Digits.TryRead(words.Get(_line, 2), out ulong flags)
            || !Digits.TryReadSigned(words.Get(_line, 3), out long expiry)
            || !Digits.TryReadSigned(words.Get(_line, 4), out long length)
            || (verb == Verb.Cas && !Digits.TryRead(words.Get(_line, 5), out _command.Unique)))
        {
            return Fail(FaultKind.BadFormat);
        }

        _command.ClientFlags = (uint)flags;
        _command.Expiry = (int)expiry;
        if (length is < 0 or > int.MaxValue - 2)
        {
            // Nothing follows a negative length; what follows one of gigabytes must not be taken for commands.
            return Fail(FaultKind.BadFormat, closes: length > 0);
        }

        _command.ValueLength = (int)length;
        return ReadValue(FaultKind.None);
    }

    private ReadStatus ReadValue(FaultKind kind)
    {
        long length = (long)_command.HeadLength + _command.ValueLength + 2;
        if (kind == FaultKind.None && _command.ValueLength > _limits.MaxValueLength)
        {
            kind = FaultKind.TooLarge;
        }

        if (kind != FaultKind.None)
        {
            return Fail(kind, length);
        }

        _command.Length = (int)length;
        if (_input.Length < length)
        {
            return ReadStatus.NeedMore;
        }

        return _input[.._command.Length].EndsWith("\r\n"u8)
            ? ReadStatus.Read : Fail(FaultKind.BadDataChunk, length);
    }

    private ReadStatus ReadArithmetic(Verb verb)
    {
        _command.Verb = verb;
        var words = new LineWords(_line);
        if (words.Count is not (3 or 4))
        {
            return Fail(FaultKind.UnknownCommand);
        }

        FindNoreply(in words);
        if (!TakeKey(in words))
        {
            return Fail(FaultKind.BadFormat);
        }

        return Digits.TryRead(words.Get(_line, 2), out _command.Delta) ? ReadStatus.Read : Fail(FaultKind.BadDelta);
    }

    private ReadStatus ReadTouch()
    {
        _command.Verb = Verb.Touch;
        var words = new LineWords(_line);
        if (words.Count is not (3 or 4))
        {
            return Fail(FaultKind.UnknownCommand);
        }

        FindNoreply(in words);
        if (!TakeKey(in words))
        {
            return Fail(FaultKind.BadFormat);
        }

        bool isNumber = Digits.TryReadSigned(words.Get(_line, 2), out long expiry);
        _command.Expiry = (int)expiry;
        return isNumber ? ReadStatus.Read : Fail(FaultKind.BadExpiry);
    }

    private ReadStatus ReadDelete()
    {
        _command.Verb = Verb.Delete;
        var words = new LineWords(_line);
        if (words.Count is < 2 or > 4)
        {
            return Fail(FaultKind.UnknownCommand);
        }

        if (words.Count > 2)
        {
            // A time of 0 is what old clients sent, when a delete could be delayed.
            bool hasZero = words.Get(_line, 2).SequenceEqual("0"u8);
            FindNoreply(in words);
            if (words.Count == 3 ? !hasZero && !_command.IsQuiet : !hasZero || !_command.IsQuiet)
            {
                return Fail(FaultKind.BadDelete);
            }
        }

        return TakeKey(in words) ? ReadStatus.Read : Fail(FaultKind.BadFormat);
    }

    private ReadStatus ReadFlush()
    {
        _command.Verb = Verb.FlushAll;
        var words = new LineWords(_line);
        if (words.Count > 3)
        {
            return Fail(FaultKind.UnknownCommand);
        }

        FindNoreply(in words);
        if (words.Count == (_command.IsQuiet ? 2 : 1))
        {
            return ReadStatus.Read;
        }

        bool isNumber = Digits.TryReadSigned(words.Get(_line, 1), out long delay);
        _command.Expiry = (int)delay;
        return isNumber ? ReadStatus.Read : Fail(FaultKind.BadExpiry);
    }

    private ReadStatus ReadVerbosity()
    {
        _command.Verb = Verb.Verbosity;
        var words = new LineWords(_line);
        if (words.Count is not (2 or 3))
        {
            return Fail(FaultKind.UnknownCommand);
        }

        FindNoreply(in words);
        return Digits.TryRead(words.Get(_line, 1), out _) ? ReadStatus.Read : Fail(FaultKind.BadFormat);
    }

    private ReadStatus ReadNamed(Verb verb, LineTokens words)
    {
        if (words.Next())
        {
            _command.KeyOffset = words.Start;
            _command.KeyLength = words.Length;
        }
        else if (verb == Verb.Config)
        {
            return Fail(FaultKind.UnknownCommand);
        }

        return Done(verb);
    }

    private ReadStatus Done(Verb verb)
    {
        _command.Verb = verb;
        return ReadStatus.Read;
    }

    private readonly bool TakeKey(in LineWords words)
    {
        _command.KeyOffset = words.Start(1);
        _command.KeyLength = words.Length(1);
        _command.KeyCount = 1;
        return _command.KeyLength <= ReaderLimits.MaxKeyLength;
    }

    private readonly void FindNoreply(in LineWords words)
    {
        int last = words.Count - 1;
        if (words.Get(_line, last).SequenceEqual("noreply"u8))
        {
            _command.IsQuiet = true;
            _command.QuietOffset = words.Start(last) - 1;
            _command.QuietLength = words.Length(last) + 1;
        }
    }

    private ReadStatus FailSilently(FaultKind kind)
    {
        _command.IsQuiet = true;
        return Fail(kind, closes: true);
    }

    private ReadStatus Fail(FaultKind kind, long skip = 0, bool closes = false)
    {
        // Who does not want classic answers is not told errors either; errors of meta commands are always told.
        bool isMeta = _command.Verb is Verb.MetaGet or Verb.MetaSet or Verb.MetaDelete or Verb.MetaArithmetic;
        _fault = new CommandFault
        {
            Kind = kind,
            Skip = skip == 0 ? _command.HeadLength : skip,
            Closes = closes,
            IsSilent = _command.IsQuiet && !isMeta,
        };
        return ReadStatus.Fault;
    }
}
