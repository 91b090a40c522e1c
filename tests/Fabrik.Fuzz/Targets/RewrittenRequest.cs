using System.Buffers.Binary;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// A request and what was made of it, told apart by nothing that the rewriting uses: words are split anew.
/// </summary>
internal sealed class RewrittenRequest
{
    private const int BinaryUnique = 16;

    private readonly byte[] _before;
    private readonly byte[] _after;
    private readonly Command _command;
    private readonly Command _made;

    public RewrittenRequest(Request before, Request after)
    {
        (_before, _command) = (before.Message.ToArray(), before.Command);
        (_after, _made) = (after.Message.ToArray(), after.Command);
        CheckWhole(after);
        CheckPayload(before, after);
    }

    /// <summary>It is the same command, word for word, but for an expiry and what made it quiet.</summary>
    /// <param name="isExpiry">Whether a word, by its place and what it is, says when a value expires.</param>
    public void CheckSameButForExpiry(Func<int, string, bool> isExpiry)
    {
        Require(_made.Verb == _command.Verb && _made.Unique == _command.Unique, "another command");
        if (_command.Protocol == MemcachedProtocol.Binary)
        {
            Require(_before.Length == _after.Length && _before[1] == _after[1], "another packet");
            return;
        }

        string Rest(byte[] message, in Command command) => string.Join(' ', Words(message, in command).Where(
            (word, i) => !isExpiry(i, word)));
        Require(Rest(_before, in _command) == Rest(_after, in _made), "other words");
    }

    /// <summary>It stores the value, whatever is there, for as long as the first one would have.</summary>
    public void CheckPlainStore()
    {
        bool isMeta = _command.Verb == Verb.MetaSet;
        Require(_made.Verb == (isMeta ? Verb.MetaSet : Verb.Set), "no store");
        Require(_made.Expiry == _command.Expiry && _made.Unique == 0, "expiry or condition");
        if (_command.Protocol == MemcachedProtocol.Binary)
        {
            Require(_after[1] == 0x01 && _made.Opcode == 0x01, "opcode");
            Require(BinaryPrimitives.ReadUInt64BigEndian(_after.AsSpan(BinaryUnique)) == 0, "a number to compare with");
        }
        else if (isMeta)
        {
            string[] conditions = ["C", "E", "I", "M"];
            var flags = Words(_before, in _command).Where((word, i) => i < 3 || !conditions.Contains(word[..1]));
            Require(string.Join(' ', flags) == string.Join(' ', Words(_after, in _made)), "other flags");
        }
        else
        {
            var words = Words(_before, in _command)[..5];
            (words[0], words[3]) = ("set", Words(_after, in _made)[3]);
            Require(string.Join(' ', words) == string.Join(' ', Words(_after, in _made)), "other words");
        }
    }

    // What a server reads is one command, which is the one that the request says it is.
    private void CheckWhole(Request after)
    {
        var limits = new ReaderLimits { MaxValueLength = int.MaxValue / 2 };
        var status = CommandReader.TryRead(_after, _made.Protocol, limits, out var read, out _);
        Require(status == ReadStatus.Read && read.Length == _after.Length, "not one whole command");
        Require(
            (read.Verb, read.Opcode, read.Expiry, read.Unique, read.HeadLength, read.ValueLength, read.KeyOffset)
                == (_made.Verb, _made.Opcode, _made.Expiry, _made.Unique, _made.HeadLength, _made.ValueLength,
                    after.KeyOffset),
            "read otherwise");
        if (_made.Protocol == MemcachedProtocol.Text)
        {
            var head = _after.AsSpan(0, _made.HeadLength);
            Require(head.IndexOfAny((byte)'\n', (byte)0) == head.Length - 1, "a line end within the line");
            int value = _made.ValueLength < 0 ? 0 : _made.ValueLength + 2;
            Require(after.Message.Length == head.Length + value, "length");
        }
    }

    private void CheckPayload(Request before, Request after)
    {
        Require(_made.Protocol == _command.Protocol && _made.Opaque == _command.Opaque, "protocol or opaque");
        Require(before.Key.SequenceEqual(after.Key), "key");
        Require(before.RoutingKey.SequenceEqual(after.RoutingKey), "the key that servers are chosen by");
        Require(before.Value.SequenceEqual(after.Value), "value");
        Require(_made.ClientFlags == _command.ClientFlags && _made.Delta == _command.Delta, "flags or delta");
        Require(_made.Initial == _command.Initial, "what to count from");
    }

    // The words of the line but that by which it is quiet; of a retrieval its own key only.
    private static List<string> Words(byte[] message, in Command command)
    {
        string line = System.Text.Encoding.Latin1.GetString(message, 0, command.HeadLength);
        line = line[..^(line.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)];
        if (command.QuietLength > 0)
        {
            line = line.Remove(command.QuietOffset, command.QuietLength);
        }

        List<string> words = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        bool isStorage = command.Verb is Verb.Set or Verb.Add or Verb.Replace;
        return isStorage ? words[..5] : command.Verb is Verb.Gat or Verb.Gats ? words[..2] : words;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException(what);
        }
    }
}
