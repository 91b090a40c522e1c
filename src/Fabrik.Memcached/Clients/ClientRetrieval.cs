using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>A retrieval of several keys, whose answers depend on each other.</summary>
internal sealed class ClientRetrieval
{
    private int _keys;
    private int _answered;
    private int _failed;

    /// <summary>Whether nothing of it is written before all is known, as an error stands for all of it.</summary>
    public bool IsStrict { get; private set; }

    /// <summary>Whether all is known.</summary>
    public bool IsComplete => _answered == _keys;

    /// <summary>
    /// What is written instead of <c>END</c>, and of everything when it is strict; null when all is well.
    /// </summary>
    public byte[]? Error { get; private set; }

    /// <summary>Whether <see cref="Error"/> stands for all of it.</summary>
    public bool IsError => Error is not null && (IsStrict || _failed == _keys);

    /// <summary>Begins another one.</summary>
    public void Begin(int keys, bool isStrict)
    {
        (_keys, _answered, _failed) = (keys, 0, 0);
        IsStrict = isStrict;
        Error = null;
    }

    /// <summary>Counts the answer for one of its keys.</summary>
    public void Note(in Reply reply)
    {
        _answered++;
        if (reply.Kind is not (ReplyKind.Hit or ReplyKind.Miss))
        {
            _failed++;
            Error ??= reply.Length == 0 ? ProxyReplies.NoAnswer.Bytes : reply.Message.ToArray();
        }
    }
}
