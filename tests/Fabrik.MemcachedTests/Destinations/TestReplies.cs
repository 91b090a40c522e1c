using System.Globalization;
using System.Text;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.MemcachedTests.Destinations;

/// <summary>Answers as servers give them. A bar stands for a line end, and the one at the end is left out.</summary>
internal static class TestReplies
{
    /// <summary>A failure of which it is known that nothing was sent.</summary>
    public const string NotSent = "!unsent";

    /// <summary>A failure of which nothing is known.</summary>
    public const string TimedOut = "!timeout";

    /// <summary>An answer, in a block that has to be released.</summary>
    public static Reply Text(ILoop loop, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text switch
        {
            NotSent or TimedOut => "SERVER_ERROR backend x failed\r\n",
            "" or "END" => "",
            _ => text.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n",
        });
        var block = loop.Blocks.Rent(bytes.Length);
        bytes.CopyTo(block.Bytes, 0);
        var word = text.Split(' ', '|')[0];
        var reply = new Reply
        {
            Kind = KindOf(text, word),
            Length = bytes.Length,
            Block = block,
            WasNotSent = text == NotSent,
        };
        return reply.Kind == ReplyKind.Hit ? WithValue(reply, text, word) : reply;
    }

    /// <summary>An answer in words, with bars for line ends.</summary>
    public static string Describe(Reply reply)
    {
        var text = Encoding.Latin1.GetString(reply.Message).TrimEnd('\r', '\n');
        return text.Length == 0 ? "END" : text.Replace("\r\n", "|", StringComparison.Ordinal);
    }

    private static Reply WithValue(Reply reply, string text, string word)
    {
        var head = text.IndexOf('|', StringComparison.Ordinal);
        var words = text[..head].Split(' ');
        var flags = word == "VALUE" ? words[2] : words.FirstOrDefault(w => w[0] == 'f')?[1..] ?? "0";
        return reply with
        {
            ValueOffset = (ushort)(head + 2),
            ValueLength = reply.Length - head - 4,
            ClientFlags = uint.Parse(flags, CultureInfo.InvariantCulture),
        };
    }

    private static ReplyKind KindOf(string text, string word) => word switch
    {
        NotSent or TimedOut => ReplyKind.Failed,
        "VALUE" or "VA" => ReplyKind.Hit,
        "END" or "" or "EN" or "NOT_FOUND" or "NF" => ReplyKind.Miss,
        "STORED" or "DELETED" or "TOUCHED" or "OK" or "HD" or "ME" => ReplyKind.Done,
        "NOT_STORED" or "NS" => ReplyKind.NotStored,
        "EXISTS" or "EX" => ReplyKind.Exists,
        "ERROR" or "CLIENT_ERROR" => ReplyKind.ClientError,
        "SERVER_ERROR" => ReplyKind.ServerError,
        _ => long.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? ReplyKind.Done
            : throw new ArgumentException($"'{text}' is no answer of memcached.", nameof(text)),
    };
}
